/** Images made on the spot, for tests without a network. */
@NullMarked
package org.jcontainerd.testing.image;

import org.jspecify.annotations.NullMarked;

/** What the tests of several modules share. */
@NullMarked
package org.jcontainerd.testing;

import org.jspecify.annotations.NullMarked;

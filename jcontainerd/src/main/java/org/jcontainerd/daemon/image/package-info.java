/** Images: pulling, listing, removing, and the space they take. */
@NullMarked
package org.jcontainerd.daemon.image;

import org.jspecify.annotations.NullMarked;

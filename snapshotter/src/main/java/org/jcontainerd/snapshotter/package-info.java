/** Snapshotters, and the applying and computing of image layers. */
@NullMarked
package org.jcontainerd.snapshotter;

import org.jspecify.annotations.NullMarked;

/** Snapshots as full copies, for file systems on which overlayfs does not work. */
@NullMarked
package org.jcontainerd.snapshotter.nativefs;

import org.jspecify.annotations.NullMarked;

/** Snapshots as directories that overlayfs stacks. */
@NullMarked
package org.jcontainerd.snapshotter.overlayfs;

import org.jspecify.annotations.NullMarked;

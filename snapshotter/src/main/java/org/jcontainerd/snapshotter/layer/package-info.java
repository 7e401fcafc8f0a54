/** Applying image layers: decompression, tar, and the writing of a tree by descriptor. */
@NullMarked
package org.jcontainerd.snapshotter.layer;

import org.jspecify.annotations.NullMarked;

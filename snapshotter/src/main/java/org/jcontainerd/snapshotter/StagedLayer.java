package org.jcontainerd.snapshotter;

import java.nio.file.Path;

/**
 * A directory in which one layer is unpacked alone, before anything below it exists.
 *
 * <p>Its content is in overlayfs' own terms: a removed name is a character device 0/0, a directory
 * that hides everything below it has the attribute {@code trusted.overlay.opaque}=y.
 *
 * @param key the snapshot that holds it, of kind {@link SnapshotKind#STAGED}
 * @param directory exists, empty, owned by the snapshotter
 */
public record StagedLayer(SnapshotKey key, Path directory) {}

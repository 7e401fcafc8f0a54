package org.jcontainerd.snapshotter.layer;

/**
 * How much one layer may bring, so that a small download cannot fill a disk or a memory. Immutable.
 *
 * @param maxBytes uncompressed bytes of the archive, and bytes of the files that it describes
 * @param maxEntries entries of the archive
 */
public record LayerLimits(long maxBytes, long maxEntries) {
  /** A terabyte and ten million entries: above all images known, below what a disk can hold. */
  public static final LayerLimits DEFAULT = new LayerLimits(1L << 40, 10_000_000);
}

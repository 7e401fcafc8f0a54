package org.jcontainerd.snapshotter.layer;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the content of a file goes: extents in ascending order, holes between them. Immutable.
 *
 * @param extents the parts that the archive holds
 */
record SparseMap(List<Extent> extents) {
  static final int MAX_EXTENTS = 1 << 20;

  SparseMap {
    extents = List.copyOf(extents);
  }

  /** One part of the file that the archive holds. */
  record Extent(long offset, long length) {}

  /** A file without holes. */
  static SparseMap whole(long size) {
    return new SparseMap(size == 0 ? List.of() : List.of(new Extent(0, size)));
  }

  /**
   * @param pairs offset, length, offset, length, ...
   * @param fileSize size with the holes
   * @param archived bytes that the archive holds
   */
  static SparseMap of(List<Long> pairs, long fileSize, long archived) throws LayerException {
    if (pairs.size() % 2 != 0 || pairs.size() / 2 > MAX_EXTENTS) {
      throw new LayerException("tar: sparse map has " + pairs.size() + " numbers");
    }
    var extents = new ArrayList<Extent>();
    long end = 0;
    long sum = 0;
    for (int i = 0; i < pairs.size(); i += 2) {
      long offset = pairs.get(i);
      long length = pairs.get(i + 1);
      if (offset < end || length < 0 || length > fileSize - offset) {
        throw new LayerException("tar: sparse map is not in order, or larger than the file");
      }
      if (length > 0) {
        extents.add(new Extent(offset, length));
      }
      end = offset + length;
      sum += length;
    }
    if (sum != archived) {
      throw new LayerException("tar: sparse map has " + sum + " bytes, archive has " + archived);
    }
    return new SparseMap(extents);
  }
}

package org.jcontainerd.oci.cni;

import java.util.List;
import java.util.Optional;

/** A version of the CNI specification. Immutable. */
public record CniVersion(int major, int minor, int patch) implements Comparable<CniVersion> {
  /** With CHECK and prevResult on DEL. */
  public static final CniVersion V0_4_0 = new CniVersion(0, 4, 0);

  /** Without {@code version} in addresses. */
  public static final CniVersion V1_0_0 = new CniVersion(1, 0, 0);

  /** With GC, STATUS, and more about interfaces and routes. */
  public static final CniVersion V1_1_0 = new CniVersion(1, 1, 0);

  private static final CniVersion V0_3_0 = new CniVersion(0, 3, 0);
  private static final CniVersion V0_3_1 = new CniVersion(0, 3, 1);

  /** What this project reads and writes, lowest first. */
  public static final List<CniVersion> SUPPORTED = List.of(V0_3_0, V0_3_1, V0_4_0, V1_0_0, V1_1_0);

  /** Reads {@code 1.0.0}; empty if the text is no version that is supported. */
  public static Optional<CniVersion> supported(String text) {
    return SUPPORTED.stream().filter(v -> v.toString().equals(text)).findFirst();
  }

  /** Whether it is this version or a later one. */
  public boolean atLeast(CniVersion other) {
    return compareTo(other) >= 0;
  }

  @Override
  public int compareTo(CniVersion other) {
    int difference = Integer.compare(major, other.major);
    if (difference == 0) {
      difference = Integer.compare(minor, other.minor);
    }
    return difference == 0 ? Integer.compare(patch, other.patch) : difference;
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}

package org.jcontainerd.linux.fs;

/** The number of a device: what drives it, and which one. */
public record DeviceNumber(int major, int minor) {
  /** {@code "8:1"}. */
  @Override
  public String toString() {
    return major + ":" + minor;
  }
}

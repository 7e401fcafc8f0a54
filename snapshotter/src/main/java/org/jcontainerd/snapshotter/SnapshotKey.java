package org.jcontainerd.snapshotter;

/**
 * Names a snapshot. Immutable.
 *
 * <p>Only a key of records, never a part of a path: it may come from outside (containerd's API).
 *
 * @param value 1 to 512 characters, none of them a control character
 */
public record SnapshotKey(String value) {
  public SnapshotKey {
    if (value.isEmpty() || value.length() > 512) {
      throw new IllegalArgumentException(
          "snapshot key has " + value.length() + " characters, must have 1 to 512");
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("snapshot key has a control character");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}

package org.jcontainerd.linux.fs;

import java.util.ArrayList;
import java.util.List;

/**
 * A path inside a container's root, as an image or a spec names it. Never a host path, and with no
 * conversion to one: it is opened in a {@link RootDir}, and nowhere else.
 *
 * <p>Written absolute and normal: {@code .}, empty parts and trailing slashes are dropped, {@code
 * ..} takes away the part before it and stops at the root. Symbolic links are not considered here;
 * the kernel resolves them at opening time, inside the root. Names that are not UTF-8 are kept, see
 * {@link FileName}. Immutable.
 */
public record ContainerPath(List<String> parts) {
  /** The root itself. */
  public static final ContainerPath ROOT = new ContainerPath(List.of());

  /**
   * @throws IllegalArgumentException if a part is no file name
   */
  public ContainerPath {
    parts = List.copyOf(parts);
    parts.forEach(FileName::check);
  }

  /**
   * Reads a path, absolute or relative to the root.
   *
   * @throws IllegalArgumentException if it contains NUL
   */
  public static ContainerPath of(String text) {
    return new ContainerPath(normal(List.of(), text));
  }

  /** This path followed by a relative one, which may also lead up, but not above the root. */
  public ContainerPath resolve(String relative) {
    return new ContainerPath(normal(parts, relative));
  }

  /** The directory that holds this entry; the root is its own. */
  public ContainerPath parent() {
    return parts.isEmpty() ? this : new ContainerPath(parts.subList(0, parts.size() - 1));
  }

  /**
   * The last part.
   *
   * @throws IllegalStateException for the root, which has no name
   */
  public String name() {
    if (parts.isEmpty()) {
      throw new IllegalStateException("container path '/': has no name");
    }
    return parts.getLast();
  }

  public boolean isRoot() {
    return parts.isEmpty();
  }

  public boolean startsWith(ContainerPath other) {
    return parts.size() >= other.parts.size()
        && parts.subList(0, other.parts.size()).equals(other.parts);
  }

  /** What openat2 gets: without the leading slash, {@code .} for the root. */
  String relative() {
    return parts.isEmpty() ? "." : String.join("/", parts);
  }

  /** {@code "/etc/passwd"}. */
  @Override
  public String toString() {
    return "/" + String.join("/", parts);
  }

  private static List<String> normal(List<String> base, String text) {
    var all = new ArrayList<>(base);
    for (String part : text.split("/")) {
      switch (part) {
        case "", "." -> {}
        case ".." -> {
          if (!all.isEmpty()) {
            all.removeLast();
          }
        }
        default -> all.add(part);
      }
    }
    return all;
  }
}

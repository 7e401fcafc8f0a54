package org.jcontainerd.snapshotter.layer;

/**
 * Which extended attributes of an image are set on its files.
 *
 * <p>{@code trusted.*} is refused, above all {@code trusted.overlay.*}, by which a layer could
 * point overlayfs at other directories; {@code user.overlay.*} is the same for unprivileged mounts.
 * Of {@code security.*} only capabilities are taken: labels of the maker's machine mean nothing
 * here.
 */
final class AttributeFilter {
  private AttributeFilter() {}

  static boolean accepts(String name) {
    return name.equals("security.capability")
        || (name.startsWith("user.") && !name.startsWith("user.overlay."))
        || name.equals("system.posix_acl_access")
        || name.equals("system.posix_acl_default");
  }
}

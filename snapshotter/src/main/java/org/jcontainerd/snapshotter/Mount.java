package org.jcontainerd.snapshotter;

import java.util.List;

/**
 * A mount that someone else will do: the shim, or a helper. Immutable; options as mount(8) writes
 * them.
 *
 * @param type file system, or "bind"
 * @param source "overlay" for overlayfs, a path of the host for binds
 */
public record Mount(String type, String source, List<String> options) {
  public Mount {
    options = List.copyOf(options);
  }
}

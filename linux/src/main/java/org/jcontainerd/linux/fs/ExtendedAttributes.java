package org.jcontainerd.linux.fs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.XattrCalls;

/** The extended attributes of one directory entry, which is not followed; see xattr(7). */
public final class ExtendedAttributes {
  private final String path;

  /**
   * @param path through a directory descriptor, as {@link Directory#attributes} makes it
   */
  ExtendedAttributes(String path) {
    this.path = path;
  }

  /**
   * Sets an attribute, new or not.
   *
   * @param name with its class: {@code user.x}, {@code security.capability}
   * @throws LinuxException EOPNOTSUPP if the file system has none of this class, EPERM
   */
  public void set(String name, byte[] value) throws LinuxException {
    XattrCalls.lsetxattr(path, name, value, 0);
  }

  /** The value; empty if it is not set. */
  public Optional<byte[]> get(String name) throws LinuxException {
    try {
      return Optional.of(XattrCalls.lgetxattr(path, name));
    } catch (LinuxException e) {
      if (e.is(Errno.ENODATA)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Removes an attribute; does nothing if it is not set. */
  public void remove(String name) throws LinuxException {
    try {
      XattrCalls.lremovexattr(path, name);
    } catch (LinuxException e) {
      if (!e.is(Errno.ENODATA)) {
        throw e;
      }
    }
  }

  /** All names, with their classes; none if the file system has no attributes. */
  public List<String> names() throws LinuxException {
    try {
      String all = new String(XattrCalls.llistxattr(path), StandardCharsets.UTF_8);
      return Arrays.stream(all.split("\0")).filter(name -> !name.isEmpty()).toList();
    } catch (LinuxException e) {
      if (e.is(Errno.EOPNOTSUPP)) {
        return List.of();
      }
      throw e;
    }
  }
}

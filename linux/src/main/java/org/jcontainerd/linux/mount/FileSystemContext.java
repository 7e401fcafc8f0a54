package org.jcontainerd.linux.mount;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.MountFdCalls;

/**
 * A file system being configured; see fsopen(2). Unlike the data of mount(2) its options have no
 * common limit of a page, and the kernel says which one it does not like: its words are among the
 * arguments of the exception. Confined to one thread.
 */
public final class FileSystemContext implements AutoCloseable {
  private final Fd fd;

  private FileSystemContext(Fd fd) {
    this.fd = fd;
  }

  /**
   * Begins a new instance of a file system type.
   *
   * @throws LinuxException ENODEV if the kernel has no such type, ENOSYS before Linux 5.2
   */
  public static FileSystemContext open(String type) throws LinuxException {
    return new FileSystemContext(
        Fd.adopt(MountFdCalls.fsopen(type, MountFdCalls.FSOPEN_CLOEXEC), "fs context " + type));
  }

  /** Sets an option to a text; {@code source} is one. */
  @CanIgnoreReturnValue
  public FileSystemContext set(String option, String value) throws LinuxException {
    try {
      MountFdCalls.fsconfig(fd.number(), MountFdCalls.FSCONFIG_SET_STRING, option, value, 0);
      return this;
    } catch (LinuxException e) {
      throw withMessages(e, option + "=" + value);
    }
  }

  /** Sets an option without a value. */
  @CanIgnoreReturnValue
  public FileSystemContext set(String option) throws LinuxException {
    try {
      MountFdCalls.fsconfig(fd.number(), MountFdCalls.FSCONFIG_SET_FLAG, option);
      return this;
    } catch (LinuxException e) {
      throw withMessages(e, option);
    }
  }

  /** Sets an option to an open file. */
  @CanIgnoreReturnValue
  public FileSystemContext set(String option, Fd value) throws LinuxException {
    try {
      MountFdCalls.fsconfig(fd.number(), MountFdCalls.FSCONFIG_SET_FD, option, value.number());
      return this;
    } catch (LinuxException e) {
      throw withMessages(e, option + "=" + value);
    }
  }

  /** Makes the file system and a mount of it that is nowhere yet. */
  public DetachedMount create(Set<MountAttribute> attributes) throws LinuxException {
    try {
      MountFdCalls.fsconfig(fd.number(), MountFdCalls.FSCONFIG_CMD_CREATE);
      int mount =
          MountFdCalls.fsmount(
              fd.number(), MountFdCalls.FSMOUNT_CLOEXEC, MountAttribute.bits(attributes));
      return DetachedMount.adopt(Fd.adopt(mount, "mount of " + fd.origin()));
    } catch (LinuxException e) {
      throw withMessages(e, "create");
    }
  }

  /** The log of the context: one message per read, first letter e, w or i, until ENODATA. */
  private LinuxException withMessages(LinuxException failure, String what) {
    var messages = new StringBuilder();
    var buffer = ByteBuffer.allocate(4096);
    try {
      while (fd.read(buffer.clear()) > 0) {
        messages.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
      }
    } catch (LinuxException e) {
      if (!e.is(Errno.ENODATA)) {
        failure.addSuppressed(e);
      }
    }
    if (messages.isEmpty()) {
      return failure;
    }
    String words = messages.toString().lines().map(String::strip).collect(Collectors.joining("; "));
    var named = new LinuxException(failure.errno(), failure.syscall(), fd, what, words);
    named.initCause(failure);
    return named;
  }

  @Override
  public void close() {
    fd.close();
  }
}

package org.jcontainerd.jshim.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * An open log file, written at its end. Confined to its loop, which owns and closes it.
 *
 * <p>The last component of the path is never followed as a symbolic link: whoever can write to the
 * log directory could otherwise make the shim write anywhere.
 */
final class LogFile implements AutoCloseable {
  private static final Set<OpenOption> APPEND =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> CREATE =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.APPEND,
          LinkOption.NOFOLLOW_LINKS);
  private static final String MODE = "rw-r-----";

  /** Which file it is, whatever it is called by now. */
  record Identity(long device, long inode) {

    /** The file at {@code path}. @throws NoSuchFileException if there is none */
    static Identity of(Path path) throws IOException {
      var attributes = Files.readAttributes(path, "unix:dev,ino", LinkOption.NOFOLLOW_LINKS);
      if (attributes.get("dev") instanceof Long device
          && attributes.get("ino") instanceof Long inode) {
        return new Identity(device, inode);
      }
      throw new IOException("stat '" + path + "': no device and inode number");
    }
  }

  private final FileChannel channel;
  private final Identity identity;

  private LogFile(FileChannel channel, Identity identity) {
    this.channel = channel;
    this.identity = identity;
  }

  /** Opens {@code path}, creating it with mode 0640. */
  static LogFile open(Path path) throws IOException {
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE));
    while (true) {
      var channel = FileChannel.open(path, CREATE, mode);
      try {
        return new LogFile(channel, Identity.of(path));
      } catch (NoSuchFileException e) {
        channel.close(); // renamed between the two calls: open what the path means now
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    }
  }

  /** Opens the file of that identity: {@code path} itself, or what it was renamed to beside it. */
  static Optional<LogFile> find(Path path, Identity identity) throws IOException {
    if (isFile(path, identity)) {
      return Optional.of(new LogFile(FileChannel.open(path, APPEND), identity));
    }
    var directory = path.toAbsolutePath().getParent();
    if (directory == null || Files.notExists(directory)) {
      return Optional.empty();
    }
    try (var siblings = Files.newDirectoryStream(directory, path.getFileName() + "*")) {
      for (var sibling : siblings) {
        if (isFile(sibling, identity)) {
          return Optional.of(new LogFile(FileChannel.open(sibling, APPEND), identity));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isFile(Path path, Identity identity) throws IOException {
    try {
      return Identity.of(path).equals(identity);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  Identity identity() {
    return identity;
  }

  long size() throws IOException {
    return channel.size();
  }

  /** Appends all of {@code bytes}. */
  void append(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int _ = channel.write(bytes);
    }
  }

  void truncate(long size) throws IOException {
    var _ = channel.truncate(size);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

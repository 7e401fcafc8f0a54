package org.jcontainerd.cni.hostlocal;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.linux.fs.LockFile;
import org.jcontainerd.linux.netlink.IpText;

/**
 * The reserved addresses of one network on disk, under the lock that other programs take too. The
 * layout is that of the reference plugin, so both can share a directory: {@code
 * <dir>/<network>/lock}; a file named after each address with {@code <container
 * id>\r\n<interface>}; {@code last_reserved_ip.<range set>} with the address given last. Confined
 * to one thread; closed to release the lock.
 */
final class Reservations implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final String LINE_BREAK = "\r\n";

  private final Path directory;
  private final LockFile lock;

  private Reservations(Path directory, LockFile lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /** Waits for the lock of a network's directory, which is made if need be. */
  static Reservations open(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
    }
    return new Reservations(directory, LockFile.hold(directory.resolve("lock")));
  }

  /** Who holds what, by address: the content of each file that is named after an address. */
  Map<InetAddress, String> all() throws IOException {
    Map<InetAddress, String> holders = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Optional<InetAddress> address = addressOf(file);
        if (address.isPresent()) {
          holder(address.get()).ifPresent(h -> holders.put(address.get(), h));
        }
      }
    }
    return holders;
  }

  /** Who holds an address; empty if it is free. */
  Optional<String> holder(InetAddress address) throws IOException {
    try {
      byte[] content = Files.readAllBytes(file(address));
      return Optional.of(new String(content, StandardCharsets.UTF_8).strip());
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /** Reserves an address and remembers it as the last of its range set. */
  void reserve(InetAddress address, String holder, int rangeSet) throws IOException {
    Path file = file(address);
    try {
      write(file, holder, StandardOpenOption.CREATE_NEW);
      write(last(rangeSet), IpText.format(address), StandardOpenOption.CREATE);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  /** The address that was reserved last in a range set. */
  Optional<InetAddress> lastReserved(int rangeSet) throws IOException {
    try {
      return Optional.of(IpText.parse(Files.readString(last(rangeSet)).strip()));
    } catch (NoSuchFileException | IllegalArgumentException _) {
      return Optional.empty(); // only the round robin starts over
    }
  }

  /** Frees an address; free already is success. */
  void release(InetAddress address) throws IOException {
    Files.deleteIfExists(file(address));
  }

  /** How an attachment is written down. */
  static String holder(String containerId, String ifname) {
    return containerId.strip() + LINE_BREAK + ifname;
  }

  private static void write(Path file, String text, StandardOpenOption create) throws IOException {
    var options = Set.of(create, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    try (SeekableByteChannel channel = Files.newByteChannel(file, options, PRIVATE)) {
      var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  private static Optional<InetAddress> addressOf(Path file) {
    String name = file.getFileName().toString();
    if (name.indexOf('.') < 0 && name.indexOf(':') < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(IpText.parse(name));
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // last_reserved_ip.0 and what else lies there
    }
  }

  private Path file(InetAddress address) {
    return directory.resolve(IpText.format(address));
  }

  private Path last(int rangeSet) {
    return directory.resolve("last_reserved_ip." + rangeSet);
  }

  @Override
  public void close() {
    lock.close();
  }
}

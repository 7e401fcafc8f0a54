package org.jcontainerd.jrunc.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.DeviceNumber;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.FileStat;
import org.jcontainerd.linux.fs.FileType;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.mount.Mounts;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Spec;

/**
 * The directory {@code <root>/<id>} of one container, and all names in it: {@code state.json},
 * {@code spec.json} (the configuration as it was at create), and while the container waits for its
 * start {@code exec.fifo} or, with a keeper, {@code waiting}; {@code criu-root} while it is
 * restored. Thread-safe as far as the file system is.
 */
public final class ContainerFiles {
  private static final Pattern ID = Pattern.compile("[\\w+.-]+");
  private static final String STATE = "state.json";
  private static final String SPEC = "spec.json";
  private static final String FIFO = "exec.fifo";
  private static final String WAITING = "waiting";
  private static final String ROOT = "criu-root";
  private static final String NOTIFY = "notify";
  private static final int LONGEST_ID = 255; // NAME_MAX: it becomes the name of a directory
  private static final int FIFO_MODE = 0622;

  /** Of a root that is made here: who is not its owner finds no names in it (CVE-2021-41103). */
  private static final Set<PosixFilePermission> PASSABLE =
      PosixFilePermissions.fromString("rwx--x--x");

  private final String id;
  private final Path directory;

  private ContainerFiles(String id, Path directory) {
    this.id = id;
    this.directory = directory;
  }

  /**
   * The files of a container that may or may not exist.
   *
   * @throws RuncFailure.InvalidArgument if the id cannot be one
   */
  public static ContainerFiles of(Path root, String id) throws RuncFailure.InvalidArgument {
    if (id.length() > LONGEST_ID) {
      throw new RuncFailure.InvalidArgument(
          "id", "invalid container ID format: it has " + id.length() + " characters");
    }
    if (!ID.matcher(id).matches() || id.equals(".") || id.equals("..")) {
      throw new RuncFailure.InvalidArgument("id", "invalid container ID format: '" + id + "'");
    }
    return new ContainerFiles(id, root.resolve(id));
  }

  /** The ids of all containers below {@code root}. */
  public static List<String> list(Path root) throws IOException {
    var ids = new ArrayList<String>();
    try (var entries = Files.newDirectoryStream(root, entry -> Files.isDirectory(entry))) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (ID.matcher(name).matches() && !name.startsWith(".")) {
          ids.add(name);
        }
      }
    } catch (NoSuchFileException _) {
      return List.of();
    }
    ids.sort(null);
    return ids;
  }

  /** Makes the directory, which takes the id. */
  public void create() throws IOException, RuncFailure.AlreadyExists {
    // Only root may look in: file names of bundles and arguments of containers are in there.
    try (Directory root = openRoot()) {
      root.makeDirectory(id, 0700);
    } catch (LinuxException e) {
      if (e.is(Errno.EEXIST)) {
        throw new RuncFailure.AlreadyExists(id);
      }
      throw e;
    }
  }

  private Directory openRoot() throws IOException {
    Path root = directory.resolveSibling("");
    try {
      return Directory.open(root);
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
      Files.createDirectories(root);
      Files.setPosixFilePermissions(root, PASSABLE);
      return Directory.open(root);
    }
  }

  /** The directory of the socket that the container tells its readiness to; may not exist. */
  public Path notifyDirectory() {
    return directory.resolve(NOTIFY);
  }

  /** Makes {@link #notifyDirectory}: anybody in the container may look into it. */
  public void makeNotifyDirectory() throws IOException {
    try (Directory open = Directory.open(directory)) {
      open.makeDirectory(NOTIFY, 0755);
      open.changeMode(NOTIFY, 0755);
    }
  }

  /** Uid of who made the directory, and with it the container. */
  public int owner() throws IOException {
    try (Fd place = HostFile.directory(directory)) {
      return FileStat.of(place).uid();
    }
  }

  /** Keeps the configuration for exec and for hooks. */
  public void writeSpec(byte[] json) throws IOException {
    write(SPEC, json);
  }

  public Spec readSpec() throws IOException {
    return OciJson.read(Files.readAllBytes(directory.resolve(SPEC)), Spec.class);
  }

  public void writeState(ContainerState state) throws IOException {
    write(STATE, OciJson.write(state));
  }

  /** A crash of the machine empties the file system that state is on, so nothing is synced. */
  private void write(String name, byte[] bytes) throws IOException {
    Path next = directory.resolve(name + ".next");
    Files.write(next, bytes);
    Files.move(
        next,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * The state; empty if the container is still being created (or its creation was cut off).
   *
   * @throws RuncFailure.NotFound if there is no such container
   */
  public Optional<ContainerState> readState() throws IOException, RuncFailure {
    byte[] json;
    try {
      json = Files.readAllBytes(directory.resolve(STATE));
    } catch (NoSuchFileException _) {
      if (Files.isDirectory(directory)) {
        return Optional.empty();
      }
      throw new RuncFailure.NotFound(id);
    }
    ContainerState state;
    try {
      state = OciJson.read(json, ContainerState.class);
    } catch (JsonException e) {
      throw new IOException("read '" + directory.resolve(STATE) + "': " + e.getMessage(), e);
    }
    if (state.version() != ContainerState.VERSION) {
      throw new IOException(
          "read '%s': version %d, this runtime knows %d"
              .formatted(directory.resolve(STATE), state.version(), ContainerState.VERSION));
    }
    return Optional.of(state);
  }

  /** Makes the fifo through which {@code start} meets the process; answers a place for it. */
  public Fd createFifo() throws IOException {
    try (Directory open = Directory.open(directory)) {
      open.makeNode(FIFO, FileType.FIFO, FIFO_MODE, new DeviceNumber(0, 0));
      open.changeMode(
          FIFO, FIFO_MODE); // the umask was taken off; the user of the container opens it
      return HostFile.place(directory.resolve(FIFO));
    }
  }

  /** Opens the fifo to be read; does not wait for the process. */
  public Fd openFifo() throws IOException {
    try (Directory open = Directory.open(directory)) {
      return open.openFile(FIFO);
    }
  }

  /** Notes that the container waits for its start where no fifo shows it. */
  public void markWaiting() throws IOException {
    Files.createFile(directory.resolve(WAITING));
  }

  /** Notes that the container was started. */
  public void markStarted() throws IOException {
    Files.deleteIfExists(directory.resolve(FIFO));
    Files.deleteIfExists(directory.resolve(WAITING));
  }

  /** Whether the container waits for its start, if it lives. */
  public boolean isWaiting() {
    return Files.exists(directory.resolve(FIFO)) || Files.exists(directory.resolve(WAITING));
  }

  /**
   * Shows the container's root below the directory, as a mount of its own: criu wants one.
   *
   * @return where
   */
  public Path bindRoot(Path rootfs) throws IOException {
    Path root = directory.resolve(ROOT);
    Files.createDirectory(root);
    Mounts.bind(rootfs, root, true);
    return root;
  }

  /** Takes {@link #bindRoot} back. */
  public void unbindRoot() throws IOException {
    Mounts.detachAll(directory.resolve(ROOT));
    Files.deleteIfExists(directory.resolve(ROOT));
  }

  /** Removes the directory, and with it the container's name. Missing is fine. */
  public void delete() throws IOException {
    unbindRoot(); // left by a restore that was cut off: what it shows must not be removed
    try (Directory root = Directory.open(directory.resolveSibling(""))) {
      root.removeTree(id);
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }
}

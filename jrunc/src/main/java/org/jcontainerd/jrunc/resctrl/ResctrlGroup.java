package org.jcontainerd.jrunc.resctrl;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.mount.MountInfo;
import org.jcontainerd.oci.runtime.IntelRdt;

/**
 * The class of service of one container (config-linux.md, "IntelRdt"; the kernel's resctrl.rst).
 * Stateless besides the paths; the caller serializes changes of one container.
 */
public final class ResctrlGroup {
  private static final String FIELD = "linux.intelRdt";

  private final Path root;
  private final IntelRdt wanted;
  private final Path directory;
  private final Optional<Path> monitor;

  private ResctrlGroup(Path root, IntelRdt wanted, String id) {
    this.root = root;
    this.wanted = wanted;
    this.directory =
        switch (wanted.closId()) {
          case "" -> root.resolve(id);
          case "/" -> root;
          default -> root.resolve(wanted.closId());
        };
    this.monitor =
        wanted.enableMonitoring()
            ? Optional.of(directory.resolve("mon_groups").resolve(id))
            : Optional.empty();
  }

  /**
   * The group in the mounted resctrl file system.
   *
   * @throws RuncFailure.NotSupported if none is mounted
   */
  public static ResctrlGroup of(IntelRdt wanted, String id) throws LinuxException, RuncFailure {
    Optional<Path> root =
        MountInfo.read().stream()
            .filter(mount -> mount.type().equals("resctrl"))
            .map(mount -> Path.of(mount.mountPoint()))
            .findFirst();
    if (root.isEmpty()) {
      throw new RuncFailure.NotSupported(
          FIELD, "no resctrl file system is mounted (mount -t resctrl resctrl /sys/fs/resctrl)");
    }
    return in(root.get(), wanted, id);
  }

  /** As {@link #of}, below a given root. */
  static ResctrlGroup in(Path root, IntelRdt wanted, String id) throws RuncFailure.InvalidArgument {
    check(wanted);
    return new ResctrlGroup(root, wanted, id);
  }

  /** What must hold whether or not there is such a file system. */
  public static void check(IntelRdt wanted) throws RuncFailure.InvalidArgument {
    String name = wanted.closId();
    if (!name.equals("/") && (name.contains("/") || name.equals(".") || name.equals(".."))) {
      throw new RuncFailure.InvalidArgument(FIELD + ".closID", "'" + name + "' is no file name");
    }
    if (!wanted.memBwSchema().isEmpty() && !wanted.memBwSchema().startsWith("MB:")) {
      throw new RuncFailure.InvalidArgument(
          FIELD + ".memBwSchema", "'" + wanted.memBwSchema() + "' does not begin with 'MB:'");
    }
    for (String line : lines(wanted)) {
      if (line.contains("\n")) {
        throw new RuncFailure.InvalidArgument(FIELD, "a schema contains a newline");
      }
    }
  }

  /** In the order in which they are written. */
  private static List<String> lines(IntelRdt wanted) {
    var lines = new ArrayList<String>();
    if (!wanted.l3CacheSchema().isEmpty()) {
      lines.add(wanted.l3CacheSchema());
    }
    if (!wanted.memBwSchema().isEmpty()) {
      lines.add(wanted.memBwSchema());
    }
    lines.addAll(wanted.schemata());
    return lines;
  }

  /** Makes the group if it has to be made, and writes or compares its schemata. */
  public void create() throws IOException, RuncFailure {
    List<String> lines = lines(wanted);
    boolean named = !wanted.closId().isEmpty();
    if (named && Files.isDirectory(directory)) {
      compare(lines);
    } else if (named && lines.isEmpty()) {
      throw new RuncFailure.InvalidArgument(
          FIELD + ".closID",
          "'%s' does not exist in '%s', and there is no schema to make it with"
              .formatted(wanted.closId(), root));
    } else {
      make(directory);
      try {
        write(lines);
      } catch (RuncFailure e) {
        Files.deleteIfExists(directory);
        throw e;
      }
    }
    if (monitor.isPresent()) {
      make(monitor.get());
    }
  }

  private void compare(List<String> lines) throws LinuxException, RuncFailure {
    Path file = directory.resolve("schemata");
    if (!lines.isEmpty()
        && !Schemata.parse(KernelFile.read(file).lines().toList())
            .contains(Schemata.parse(lines))) {
      throw new RuncFailure.InvalidArgument(
          FIELD, "'%s' exists with schemata other than %s".formatted(wanted.closId(), lines));
    }
  }

  private void make(Path group) throws RuncFailure.Failed {
    try {
      Files.createDirectory(group);
    } catch (FileAlreadyExistsException e) {
      throw new RuncFailure.Failed("make resctrl group '" + group + "': exists already", e);
    } catch (IOException e) {
      throw failed("make resctrl group '" + group + "'", e);
    }
  }

  private void write(List<String> lines) throws RuncFailure.Failed {
    if (lines.isEmpty()) {
      return;
    }
    Path file = directory.resolve("schemata");
    try {
      // The kernel has made the file with its directory; CREATE is for file systems that do not.
      Files.writeString(
          file,
          String.join("\n", lines) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw failed("write " + lines + " to '" + file + "'", e);
    }
  }

  /** The kernel's words about the last thing that it refused. */
  private RuncFailure.Failed failed(String operation, IOException cause) {
    String said = "";
    try {
      said = KernelFile.readIfPresent(root.resolve("info/last_cmd_status")).orElse("").strip();
    } catch (LinuxException e) {
      cause.addSuppressed(e);
    }
    return new RuncFailure.Failed(
        said.isEmpty() ? operation : operation + " (" + said + ")", cause);
  }

  /** Puts a process in; its later children are in it as well. */
  public void enter(int pid) throws RuncFailure {
    enter(directory, pid);
    if (monitor.isPresent()) {
      enter(monitor.get(), pid);
    }
  }

  private void enter(Path group, int pid) throws RuncFailure.Failed {
    Path tasks = group.resolve("tasks");
    try {
      Files.writeString(
          tasks, Integer.toString(pid), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw failed("write " + pid + " to '" + tasks + "'", e);
    }
  }

  /** Changes the schemata of the group; what is absent stays as it is. */
  public void update(IntelRdt changed) throws RuncFailure {
    check(changed);
    write(lines(changed));
  }

  /** Removes what {@link #create} made for this container alone. Missing is fine. */
  public void delete() throws IOException {
    if (monitor.isPresent()) {
      Files.deleteIfExists(monitor.get());
    }
    if (wanted.closId().isEmpty()) {
      Files.deleteIfExists(directory);
    }
  }
}

package org.jcontainerd.jrunc.cgroup;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.oci.runtime.Resources;

/**
 * The cgroup of one container: a directory in each hierarchy. Stateless besides the paths; the
 * caller serializes changes of one container.
 */
public final class ContainerCgroup {
  /** The files that go with a cgroup that is given away, since Linux 4.15; cgroups(7). */
  private static final Path DELEGATE = Path.of("/sys/kernel/cgroup/delegate");

  private final CgroupLayout layout;
  private final Map<String, Path> directories;

  /**
   * @param directories by mount point of the hierarchy, see {@link CgroupPlacement}
   */
  public ContainerCgroup(CgroupLayout layout, Map<String, Path> directories) {
    this.layout = layout;
    this.directories = directories;
  }

  /** The directory in each hierarchy, by the hierarchy's mount point. */
  public Map<String, Path> directories() {
    return directories;
  }

  /** Makes the directories; those that exist are taken as they are. */
  public void create() throws IOException {
    for (CgroupHierarchy hierarchy : layout.hierarchies()) {
      Path directory = directories.get(hierarchy.mountPoint().toString());
      if (directory == null) {
        continue;
      }
      if (hierarchy.unified()) {
        createUnified(hierarchy, directory);
      } else {
        make(directory, hierarchy.controllers().contains("cpuset"));
      }
    }
  }

  /** A new cpuset of v1 is empty, and nobody can enter it: it gets what its parent has. */
  private static void make(Path directory, boolean cpuset) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException _) {
      return;
    } catch (NoSuchFileException _) {
      make(directory.resolveSibling(""), cpuset);
      make(directory, cpuset);
      return;
    }
    if (cpuset) {
      for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
        String own = KernelFile.read(directory.resolve(file)).strip();
        if (own.isEmpty()) {
          String parent = KernelFile.read(directory.resolveSibling("").resolve(file)).strip();
          KernelFile.write(directory.resolve(file), parent);
        }
      }
    }
  }

  /** Every directory on the way must hand the controllers down. */
  private static void createUnified(CgroupHierarchy hierarchy, Path directory) throws IOException {
    Path at = hierarchy.mountPoint();
    for (Path name : at.relativize(directory)) {
      delegate(at);
      at = at.resolve(name);
      make(at, false);
    }
  }

  private static void delegate(Path directory) throws LinuxException {
    Set<String> missing = words(directory.resolve("cgroup.controllers"));
    missing.removeAll(words(directory.resolve("cgroup.subtree_control")));
    for (String controller : missing) {
      try {
        KernelFile.write(directory.resolve("cgroup.subtree_control"), "+" + controller);
      } catch (LinuxException e) {
        // EBUSY: the directory has processes; EOPNOTSUPP: threaded; ENOENT: not offered after all;
        // EACCES, EROFS: above what was given to this user, as user.slice is, or to this container.
        // A limit that needs the controller then fails with the name of its file.
        if (!e.is(Errno.EBUSY, Errno.EOPNOTSUPP, Errno.ENOENT, Errno.EACCES, Errno.EROFS)) {
          throw e;
        }
      }
    }
  }

  private static Set<String> words(Path file) throws LinuxException {
    String text = KernelFile.read(file).strip();
    return new LinkedHashSet<>(text.isEmpty() ? List.of() : List.of(text.split(" ")));
  }

  /**
   * Sets limits and device rules. Without any rule a new cgroup gets the default devices alone, and
   * an old one keeps what it has.
   *
   * @param fresh whether the cgroup has just been made
   * @param warnings gets a line for each field that is left out
   */
  public void apply(Resources resources, boolean fresh, Consumer<String> warnings)
      throws IOException, RuncFailure {
    new LimitApplier(layout, directories, warnings).apply(resources, fresh);
  }

  /**
   * Gives the cgroup to a user, who may then move processes and make cgroups in it, but not change
   * its limits (config-linux.md, "Cgroup ownership"). Of v2 alone: v1 cannot be given away safely.
   *
   * @param uid on the host
   */
  public void own(int uid) throws IOException {
    if (unified().isPresent()) {
      Files.setAttribute(unified().get(), "unix:uid", uid);
      String delegated =
          KernelFile.readIfPresent(DELEGATE)
              .orElse("cgroup.procs\ncgroup.subtree_control\ncgroup.threads");
      for (String file : delegated.lines().toList()) {
        Path path = unified().get().resolve(file);
        if (Files.exists(path)) { // of a controller that is not here
          Files.setAttribute(path, "unix:uid", uid);
        }
      }
    }
  }

  /**
   * Whether the caller may move a process into the unified hierarchy's directory: it needs write
   * access to {@code cgroup.procs} of the first cgroup that is above both places (cgroup-v2.rst,
   * "Delegation Containment").
   */
  public boolean isOpenTo(int pid) throws LinuxException {
    Optional<Path> target = unified();
    if (target.isEmpty()) {
      return true;
    }
    Path common = unifiedOf(pid);
    while (!target.get().startsWith(common)) {
      common = common.resolveSibling("");
    }
    return Files.isWritable(common.resolve("cgroup.procs"));
  }

  /**
   * The cgroup that further processes enter. A container may divide its own, as one with systemd in
   * it does, which then takes no processes (cgroup-v2.rst, "No Internal Process Constraint"): they
   * go where the first process has gone.
   *
   * @param pid of the first process
   */
  public ContainerCgroup entered(int pid) throws LinuxException {
    if (layout.mode() != CgroupLayout.Mode.UNIFIED || directories.isEmpty()) {
      return this;
    }
    Path own = unified().orElseThrow();
    if (words(own.resolve("cgroup.subtree_control")).isEmpty()) {
      return this;
    }
    Path first = unifiedOf(pid);
    String mountPoint = directories.keySet().iterator().next(); // there is no other hierarchy
    return first.startsWith(own) ? new ContainerCgroup(layout, Map.of(mountPoint, first)) : this;
  }

  private Path unifiedOf(int pid) throws LinuxException {
    CgroupHierarchy tree = layout.unified().orElseThrow();
    return tree.directory(layout.ofProcess(pid).getOrDefault(tree, "/"));
  }

  /** What leads from another one's directory in the unified tree to this one's: {@code /sub}. */
  public String below(ContainerCgroup above) {
    Path relative = above.unified().orElseThrow().relativize(unified().orElseThrow());
    return relative.toString().isEmpty() ? "" : "/" + relative;
  }

  /** The {@code tasks} file of a v1 hierarchy, opened for writing; owned by the caller. */
  public Fd openTasks(String mountPoint) throws LinuxException {
    return HostFile.writing(directory(mountPoint).resolve("tasks"));
  }

  /** The {@code cgroup.procs} file of the unified hierarchy, opened for writing. */
  public Fd openProcs() throws LinuxException {
    return HostFile.writing(unified().orElseThrow().resolve("cgroup.procs"));
  }

  /** The directory in the unified hierarchy; owned by the caller. */
  public Fd openDirectory() throws LinuxException {
    return HostFile.directory(unified().orElseThrow());
  }

  private Path directory(String mountPoint) {
    Path directory = directories.get(mountPoint);
    if (directory == null) {
      throw new IllegalArgumentException("no cgroup in '" + mountPoint + "'");
    }
    return directory;
  }

  private Optional<Path> unified() {
    return layout.unified().map(h -> directories.get(h.mountPoint().toString()));
  }

  /** The directory of a v1 controller, if the container has one. */
  Optional<Path> legacy(String controller) {
    return layout
        .of(controller)
        .filter(h -> !h.unified())
        .map(h -> directories.get(h.mountPoint().toString()));
  }

  /**
   * All processes in the cgroup and below it, in the runtime's pid namespace; empty if it is gone.
   */
  public List<Integer> pids() throws IOException {
    Optional<Path> directory =
        layout.mode() == CgroupLayout.Mode.UNIFIED
            ? unified()
            : legacy("devices")
                .or(() -> legacy("pids"))
                .or(() -> directories.values().stream().findFirst());
    var pids = new ArrayList<Integer>();
    if (directory.isPresent()) {
      for (Path one : below(directory.get())) {
        KernelFile.readIfPresent(one.resolve("cgroup.procs"))
            .ifPresent(text -> text.lines().map(Integer::valueOf).forEach(pids::add));
      }
    }
    return pids;
  }

  /**
   * Sends a signal to every process. With SIGKILL none escapes by a fork: v2 sees to it, on v1 the
   * processes are asked for until there are no new ones.
   */
  public void signalAll(Signal signal) throws IOException {
    Optional<Path> kill = unified().map(directory -> directory.resolve("cgroup.kill"));
    boolean isKill = signal.equals(Signal.SIGKILL);
    if (isKill
        && layout.mode() == CgroupLayout.Mode.UNIFIED
        && kill.isPresent()
        && Files.exists(kill.get())) {
      KernelFile.write(kill.get(), "1");
      return;
    }
    var signalled = new HashSet<Integer>();
    boolean more;
    do {
      more = false;
      for (int pid : pids()) {
        if (signalled.add(pid)) {
          send(pid, signal);
          more = isKill;
        }
      }
    } while (more);
  }

  private static void send(int pid, Signal signal) throws LinuxException {
    try (PidFd process = PidFd.open(pid)) {
      var _ = process.send(signal);
    } catch (LinuxException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }

  /** Moves a process into every hierarchy's directory. */
  public void enter(int pid) throws LinuxException {
    for (Path directory : directories.values()) {
      KernelFile.write(directory.resolve("cgroup.procs"), Integer.toString(pid));
    }
  }

  /** The directory through which the container is frozen; empty if the host has no freezer. */
  public Optional<Path> freezer() {
    return legacy("freezer").or(this::unified);
  }

  /** Stops or continues all processes; returns when the kernel says that it is so. */
  public void freeze(boolean frozen) throws IOException, RuncFailure {
    new Freezer(legacy("freezer"), unified()).set(frozen);
  }

  /** Whether the processes are stopped by {@link #freeze}. */
  public boolean isFrozen() throws LinuxException {
    return new Freezer(legacy("freezer"), unified()).isFrozen();
  }

  /**
   * Removes the directories, with those that the container made below them. Missing ones are fine.
   *
   * @throws IOException after all were tried, with the failures suppressed; EBUSY if processes
   *     remain
   */
  public void delete() throws IOException {
    var failures = new ArrayList<IOException>();
    for (Path directory : directories.values()) {
      try {
        remove(directory);
      } catch (IOException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      var all = new IOException("remove cgroup: " + failures.get(0).getMessage(), failures.get(0));
      failures.stream().skip(1).forEach(all::addSuppressed);
      throw all;
    }
  }

  private static void remove(Path directory) throws IOException {
    if (removeOne(directory)) {
      return; // mostly nothing is below it and nobody in it
    }
    var condition = new Deadline("remove cgroup '" + directory + "'");
    do {
      boolean all = true;
      for (Path one : below(directory).reversed()) {
        all &= removeOne(one);
      }
      if (all) {
        return;
      }
    } while (condition.again());
    throw new LinuxException(Errno.EBUSY, "rmdir", directory.toString());
  }

  /** Whether the directory is gone; not yet if processes or directories are in it. */
  private static boolean removeOne(Path directory) throws IOException {
    try {
      var _ = Files.deleteIfExists(directory);
      return true;
    } catch (DirectoryNotEmptyException _) {
      return false;
    } catch (java.nio.file.FileSystemException e) {
      // The JDK has no exception of its own for EBUSY.
      if (String.valueOf(e.getReason()).contains("busy")) {
        return false;
      }
      throw e;
    }
  }

  /** The directory and all below it, parents first; empty if it is gone. */
  private static List<Path> below(Path directory) throws IOException {
    var all = new ArrayList<Path>();
    all.add(directory);
    for (int i = 0; i < all.size(); i++) {
      try (DirectoryStream<Path> children =
          Files.newDirectoryStream(all.get(i), child -> Files.isDirectory(child))) {
        children.forEach(all::add);
      } catch (NoSuchFileException _) {
        // gone meanwhile
      }
    }
    return all;
  }
}

package org.jcontainerd.linux.cgroup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.mount.MountInfo;

/**
 * How cgroups are mounted on this machine: where each controller is, and whether there is a unified
 * tree. Controllers of version 1 may each be mounted alone, several together, or not at all.
 * Immutable; the layout of a machine does not change while it runs.
 *
 * @param hierarchies every tree once, those of version 1 first
 */
public record CgroupLayout(List<CgroupHierarchy> hierarchies) {
  private static final Path PROC = Path.of("/proc");

  /** Controllers of version 1, cgroups(7); other words among the mount options are not. */
  private static final Set<String> CONTROLLERS =
      Set.of(
          "cpu",
          "cpuacct",
          "cpuset",
          "memory",
          "devices",
          "freezer",
          "net_cls",
          "net_prio",
          "blkio",
          "perf_event",
          "hugetlb",
          "pids",
          "rdma",
          "misc");

  /** Which versions are there. */
  public enum Mode {
    /** Controllers of version 1, no unified tree. */
    LEGACY,
    /** Controllers of version 1, and a unified tree with those that are left. */
    HYBRID,
    /** A unified tree that has all controllers. */
    UNIFIED,
    /** No controller of either version. */
    NONE
  }

  public CgroupLayout {
    hierarchies = List.copyOf(hierarchies);
  }

  /** Of this machine, as this process sees it. */
  public static CgroupLayout detect() throws LinuxException {
    return detect(PROC.resolve("self/mountinfo"));
  }

  /** As a mountinfo file tells. */
  public static CgroupLayout detect(Path mountinfo) throws LinuxException {
    Map<Set<String>, CgroupHierarchy> legacy = new LinkedHashMap<>();
    Optional<CgroupHierarchy> unified = Optional.empty();
    for (MountInfo mount : MountInfo.read(mountinfo)) {
      switch (mount.type()) {
        case "cgroup" -> {
          var found = legacy(mount);
          legacy.merge(found.controllers(), found, CgroupLayout::better);
        }
        case "cgroup2" -> {
          var found = unified(mount);
          unified = Optional.of(unified.map(before -> better(before, found)).orElse(found));
        }
        default -> {}
      }
    }
    var all = new ArrayList<>(legacy.values());
    unified.ifPresent(all::add);
    return new CgroupLayout(all);
  }

  private static CgroupHierarchy legacy(MountInfo mount) {
    var controllers = new LinkedHashSet<String>();
    for (String option : mount.superOptions()) {
      if (CONTROLLERS.contains(option) || option.startsWith("name=")) {
        controllers.add(option);
      }
    }
    return new CgroupHierarchy(Path.of(mount.mountPoint()), mount.root(), controllers, false);
  }

  private static CgroupHierarchy unified(MountInfo mount) throws LinuxException {
    Path point = Path.of(mount.mountPoint());
    String offered =
        KernelFile.readIfPresent(point.resolve("cgroup.controllers")).orElse("").strip();
    Set<String> controllers = offered.isEmpty() ? Set.of() : Set.of(offered.split(" "));
    return new CgroupHierarchy(point, mount.root(), controllers, true);
  }

  /** Of two mounts of one tree, the one that shows more of it; the first if they are alike. */
  private static CgroupHierarchy better(CgroupHierarchy a, CgroupHierarchy b) {
    return b.root().length() < a.root().length() ? b : a;
  }

  public Mode mode() {
    boolean legacy =
        hierarchies.stream()
            .filter(h -> !h.unified())
            .anyMatch(h -> h.controllers().stream().anyMatch(CONTROLLERS::contains));
    if (unified().isEmpty()) {
      return legacy ? Mode.LEGACY : Mode.NONE;
    }
    return legacy ? Mode.HYBRID : Mode.UNIFIED;
  }

  /** The cgroup2 tree, if one is mounted. */
  public Optional<CgroupHierarchy> unified() {
    return hierarchies.stream().filter(CgroupHierarchy::unified).findFirst();
  }

  /** The trees of version 1, each once. */
  public List<CgroupHierarchy> legacy() {
    return hierarchies.stream().filter(h -> !h.unified()).toList();
  }

  /**
   * The tree that has a controller: of version 1 if it is mounted there, else the unified one if it
   * offers it (under its name there: {@code io}, not {@code blkio}).
   */
  public Optional<CgroupHierarchy> of(String controller) {
    return hierarchies.stream().filter(h -> h.controllers().contains(controller)).findFirst();
  }

  /** The cgroups of a process, by tree; a tree of which the process knows nothing is left out. */
  public Map<CgroupHierarchy, String> ofProcess(int pid) throws LinuxException {
    return ofProcess(PROC.resolve(Integer.toString(pid)).resolve("cgroup"));
  }

  /** As {@link #ofProcess(int)}, from a file in the form of {@code /proc/PID/cgroup}. */
  public Map<CgroupHierarchy, String> ofProcess(Path file) throws LinuxException {
    var cgroups = new LinkedHashMap<CgroupHierarchy, String>();
    for (String line : KernelFile.read(file).lines().toList()) {
      String[] fields = line.split(":", 3); // hierarchy-ID:controllers:path
      if (fields.length < 3) {
        throw new IllegalArgumentException("cgroup line '" + line + "': too few fields");
      }
      byControllers(fields[1]).ifPresent(h -> cgroups.put(h, fields[2]));
    }
    return cgroups;
  }

  private Optional<CgroupHierarchy> byControllers(String list) {
    if (list.isEmpty()) {
      return unified();
    }
    return legacy().stream()
        .filter(h -> h.controllers().equals(Set.of(list.split(","))))
        .findFirst();
  }
}

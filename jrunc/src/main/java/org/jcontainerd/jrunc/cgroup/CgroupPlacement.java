package org.jcontainerd.jrunc.cgroup;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.process.ProcessAttributes;
import org.jcontainerd.oci.runtime.Resources;

/** Which directories are a container's cgroup. */
public final class CgroupPlacement {
  private CgroupPlacement() {}

  /**
   * The directory in each hierarchy that the container uses: all of v1; of the unified tree only if
   * it is the only one, or if only it can keep a limit.
   *
   * @param cgroupsPath of the configuration: absolute counts from the root of each hierarchy,
   *     relative from the runtime's own cgroup, "" is the container's id
   * @return by mount point
   */
  public static Map<String, Path> of(
      CgroupLayout layout, String cgroupsPath, String id, Resources resources)
      throws LinuxException, RuncFailure.InvalidArgument {
    Path wanted = wanted(cgroupsPath, id);
    Map<CgroupHierarchy, String> own =
        wanted.isAbsolute() ? Map.of() : layout.ofProcess(ProcessAttributes.pid());
    return of(layout, own, wanted, resources);
  }

  /** One absolute cgroup in every hierarchy: systemd follows processes in its own and in v2's. */
  public static Map<String, Path> everywhere(CgroupLayout layout, Path cgroup) {
    var directories = new LinkedHashMap<String, Path>();
    for (CgroupHierarchy hierarchy : layout.hierarchies()) {
      directories.put(hierarchy.mountPoint().toString(), hierarchy.directory(cgroup.toString()));
    }
    return directories;
  }

  static Path wanted(String cgroupsPath, String id) throws RuncFailure.InvalidArgument {
    if (cgroupsPath.contains(":")) {
      throw new RuncFailure.InvalidArgument(
          "linux.cgroupsPath",
          "'" + cgroupsPath + "' is of the systemd driver's form, but the driver is cgroupfs");
    }
    Path wanted = Path.of(cgroupsPath.isEmpty() ? id : cgroupsPath).normalize();
    if (wanted.startsWith("..") || wanted.toString().isEmpty() || wanted.equals(Path.of("/"))) {
      throw new RuncFailure.InvalidArgument(
          "linux.cgroupsPath", "'" + cgroupsPath + "' is not inside a hierarchy");
    }
    return wanted;
  }

  /**
   * On v2 alone a cgroup that has processes, as the runtime's own, cannot hand controllers down: a
   * relative path counts from the one above it there, as with runc.
   */
  static Map<String, Path> of(
      CgroupLayout layout, Map<CgroupHierarchy, String> own, Path wanted, Resources resources) {
    boolean unifiedAlone = layout.mode() == CgroupLayout.Mode.UNIFIED;
    boolean unifiedToo =
        unifiedAlone
            || layout.of("devices").isEmpty()
            || layout.of("hugetlb").filter(CgroupHierarchy::unified).isPresent()
                && !resources.hugepageLimits().isEmpty();
    var directories = new LinkedHashMap<String, Path>();
    for (CgroupHierarchy hierarchy : layout.hierarchies()) {
      if (!hierarchy.unified() || unifiedToo) {
        Path start = Path.of(own.getOrDefault(hierarchy, "/"));
        if (unifiedAlone && start.getParent() != null) {
          start = start.getParent();
        }
        String cgroup = start.resolve(wanted).toString();
        directories.put(hierarchy.mountPoint().toString(), hierarchy.directory(cgroup));
      }
    }
    return directories;
  }
}

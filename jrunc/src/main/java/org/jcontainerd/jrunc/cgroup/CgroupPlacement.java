package org.jcontainerd.jrunc.cgroup;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.oci.runtime.Resources;

/** Which directories are a container's cgroup. */
public final class CgroupPlacement {
  private CgroupPlacement() {}

  /**
   * The directory in each hierarchy that the container uses: all of v1; of the unified tree only if
   * it is the only one, or if it has the only controller for a limit.
   *
   * @param cgroupsPath of the configuration: absolute counts from the root of each hierarchy,
   *     relative from the runtime's own cgroup, "" is the container's id
   * @return by mount point
   */
  public static Map<String, Path> of(
      CgroupLayout layout, String cgroupsPath, String id, Resources resources)
      throws LinuxException, RuncFailure.InvalidArgument {
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
    boolean unifiedToo =
        layout.mode() == CgroupLayout.Mode.UNIFIED
            || layout.of("hugetlb").filter(CgroupHierarchy::unified).isPresent()
                && !resources.hugepageLimits().isEmpty();
    Map<CgroupHierarchy, String> own =
        wanted.isAbsolute() ? Map.of() : layout.ofProcess((int) ProcessHandle.current().pid());
    var directories = new LinkedHashMap<String, Path>();
    for (CgroupHierarchy hierarchy : layout.hierarchies()) {
      if (!hierarchy.unified() || unifiedToo) {
        String parent = own.getOrDefault(hierarchy, "/");
        String cgroup = Path.of(parent).resolve(wanted).toString();
        directories.put(hierarchy.mountPoint().toString(), hierarchy.directory(cgroup));
      }
    }
    return directories;
  }
}

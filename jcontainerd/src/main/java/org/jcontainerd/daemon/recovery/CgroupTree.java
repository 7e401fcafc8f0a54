package org.jcontainerd.daemon.recovery;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;

/**
 * The cgroups below our own parent; kubelet's pods remove theirs with the pod.
 *
 * @param parent as configured
 */
public record CgroupTree(CgroupLayout layout, String parent) {
  /** Removes cgroups with our kind of name that nobody owns and that hold no process. */
  void removeEmpty(Set<String> owned) throws IOException {
    for (Path tree : directories()) {
      for (String id : Layout.idsIn(tree)) {
        if (!owned.contains(id)) {
          remove(tree.resolve(id));
        }
      }
    }
  }

  private List<Path> directories() {
    var all = new ArrayList<Path>();
    for (CgroupHierarchy each : layout.hierarchies()) {
      all.add(each.directory(parent));
    }
    return all;
  }

  private static void remove(Path cgroup) throws IOException {
    try {
      Files.deleteIfExists(cgroup); // rmdir: the kernel refuses while a process is in it
    } catch (DirectoryNotEmptyException e) {
      // has cgroups of its own, made from inside: not ours to judge
    } catch (FileSystemException e) {
      if (!String.valueOf(e.getReason()).contains("busy")) {
        throw e;
      }
    }
  }
}

package org.jcontainerd.jrunc.plan;

import java.util.Optional;
import java.util.Set;

/** Steps of the spawned helper before the clone. */
public sealed interface ParentStep extends Step {

  /** Orphans of the process become the keeper's children (PR_SET_CHILD_SUBREAPER). */
  record Subreaper() implements ParentStep {}

  /**
   * Makes stdio pipes; the keeper holds the other ends.
   *
   * @param capacityBytes wanted size of each pipe (F_SETPIPE_SZ); less is taken if not allowed
   * @param stdin made slot for the process's read end
   * @param stdout made slot for the process's write end
   * @param stderr made slot for the process's write end
   */
  record Pipes(
      int capacityBytes, Optional<Slot> stdin, Optional<Slot> stdout, Optional<Slot> stderr)
      implements ParentStep {}

  /**
   * Makes the spool memfds, the journal memfd and the spare pipe that a shim asks the keeper for.
   *
   * @param count spools: 2 for stdout and stderr, 1 for a terminal
   */
  record Spools(int count) implements ParentStep {
    public Spools {
      if (count < 1 || count > 2) {
        throw new IllegalArgumentException("spools: count " + count + " is not 1 or 2");
      }
    }
  }

  /**
   * Clones a mount in the helper's mount namespace with the helper's privileges: for sources that a
   * user namespace could not reach, and for idmapped mounts in it.
   *
   * @param path on the host
   * @param recursive takes the submounts too
   * @param userNamespace whose id map the mount gets (MOUNT_ATTR_IDMAP)
   * @param whole whether attributes and id map apply to the submounts as well
   * @param tree made slot for the detached mount
   */
  record OpenTree(
      String path,
      boolean recursive,
      Set<MountAttribute> set,
      Set<MountAttribute> clear,
      Optional<Slot> userNamespace,
      boolean whole,
      Slot tree)
      implements ParentStep {
    public OpenTree {
      set = Set.copyOf(set);
      clear = Set.copyOf(clear);
    }

    /** A tree of which all mounts are treated alike. */
    public OpenTree(
        String path,
        boolean recursive,
        Set<MountAttribute> set,
        Set<MountAttribute> clear,
        Optional<Slot> userNamespace,
        Slot tree) {
      this(path, recursive, set, clear, userNamespace, true, tree);
    }
  }

  /**
   * fchdir(2): the process begins in this directory, which the kernel finds again in the process's
   * own copy of the mounts.
   *
   * @param path on the host, without links: one that is there now was not when it was resolved
   */
  record BeginIn(String path) implements ParentStep {}

  /**
   * clone3(2): the steps after this one that are not the keeper's run in the new process. Every
   * plan has exactly one.
   *
   * @param namespaces new ones; not CGROUP and not TIME (see {@link EitherStep.Unshare})
   * @param cgroup a cgroup v2 directory to start in (CLONE_INTO_CGROUP)
   * @param stage whether the new process only leads to a further one ({@link ProcessStep.Fork}),
   *     and the helper stands still meanwhile
   */
  record Clone(Set<Namespace> namespaces, Optional<Slot> cgroup, Stage stage)
      implements ParentStep {
    /** A stage has no {@link ProcessStep.Await}: nobody could let it go on. */
    public enum Stage {
      NONE,
      /** In a copy of the helper's memory: the kernel lets no other enter a time namespace. */
      COPIED,
      /** In the helper's memory. To copy it takes longer than all else that the stage does. */
      SHARED
    }

    /** The process itself. */
    public Clone(Set<Namespace> namespaces, Optional<Slot> cgroup) {
      this(namespaces, cgroup, Stage.NONE);
    }

    public Clone {
      namespaces = Set.copyOf(namespaces);
      if (namespaces.contains(Namespace.CGROUP) || namespaces.contains(Namespace.TIME)) {
        throw new IllegalArgumentException("clone: cgroup and time namespaces need unshare");
      }
    }
  }
}

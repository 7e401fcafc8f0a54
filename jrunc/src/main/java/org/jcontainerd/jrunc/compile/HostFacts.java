package org.jcontainerd.jrunc.compile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.Caller;

/**
 * What the compiler has to know about the host; immutable.
 *
 * @param lastCapability highest capability of the kernel
 * @param capabilities those that the runtime may give away: its bounding and permitted sets
 * @param hardLimits the runtime's hard resource limits by resource number; -1 is unlimited
 * @param oomScoreAdj the runtime's own value
 * @param appArmor whether AppArmor is on
 * @param selinux whether SELinux is on
 * @param kcore whether /proc/kcore exists
 * @param v1 cgroup v1 hierarchies
 * @param v2 mount point of the v2 hierarchy, empty if there is none
 * @param pureV2 whether the v2 hierarchy is the only one
 * @param caller who runs the runtime
 */
public record HostFacts(
    int lastCapability,
    long capabilities,
    Map<Integer, Long> hardLimits,
    int oomScoreAdj,
    boolean appArmor,
    boolean selinux,
    boolean kcore,
    List<V1Hierarchy> v1,
    Optional<String> v2,
    boolean pureV2,
    Caller caller) {
  private static final int CAP_DAC_OVERRIDE = 1;
  private static final int CAP_SETGID = 6;
  private static final int CAP_SETUID = 7;
  private static final int CAP_SYS_ADMIN = 21;
  private static final int CAP_SYS_RESOURCE = 24;

  /**
   * A mounted cgroup v1 hierarchy.
   *
   * @param mountPoint such as {@code /sys/fs/cgroup/cpu,cpuacct}
   * @param controllers its controllers, or one {@code name=...}
   */
  public record V1Hierarchy(String mountPoint, List<String> controllers) {
    public V1Hierarchy {
      controllers = List.copyOf(controllers);
    }

    /** Name of its directory below the cgroup mount. */
    String directory() {
      return mountPoint.substring(mountPoint.lastIndexOf('/') + 1);
    }
  }

  public HostFacts {
    hardLimits = Map.copyOf(hardLimits);
    v1 = List.copyOf(v1);
  }

  /** Every capability that the kernel knows. */
  long allCapabilities() {
    return lastCapability >= 63 ? -1 : (1L << lastCapability + 1) - 1;
  }

  /** Whether hard limits may be raised and oom scores lowered. */
  boolean raisesLimits() {
    return has(CAP_SYS_RESOURCE) && !caller.inUserNamespace();
  }

  /** Whether the runtime may make namespaces and mounts without a new user namespace. */
  public boolean privileged() {
    return has(CAP_SYS_ADMIN);
  }

  /** Whether it may write any ids that it has itself into the maps of a user namespace. */
  boolean mapsIds() {
    return has(CAP_SETUID) && has(CAP_SETGID) && has(CAP_DAC_OVERRIDE);
  }

  private boolean has(int capability) {
    return (capabilities & 1L << capability) != 0;
  }
}

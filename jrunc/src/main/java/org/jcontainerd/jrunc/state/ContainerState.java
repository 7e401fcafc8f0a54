package org.jcontainerd.jrunc.state;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code state.json}: written once, when the process waits for its start. The status is not in it:
 * it is asked of the kernel. What most commands need of the configuration is here, so that they do
 * not read it; and no component has an annotation, because the first one that a JVM looks at makes
 * it generate a class, in 13 ms.
 *
 * @param version of this format, {@link #VERSION}
 * @param bundle absolute
 * @param rootfs absolute
 * @param pid the init process
 * @param startTicks its start in clock ticks since boot
 * @param keeper whether a keeper is its parent, with its files in {@code <bundle>/init}
 * @param cgroups the container's directory in each hierarchy, by mount point
 * @param owner uid of who created it
 * @param cgroupDriver name of the driver that made the cgroups; absent for plain directories
 * @param annotations of the configuration
 * @param ownPids whether the end of the first process is that of all: it has a pid namespace
 * @param hooks whether the configuration has any
 * @param intelRdt whether the configuration has {@code linux.intelRdt}
 */
public record ContainerState(
    int version,
    String id,
    String bundle,
    String rootfs,
    int pid,
    long startTicks,
    boolean keeper,
    Instant created,
    Map<String, String> cgroups,
    int owner,
    String cgroupDriver,
    Map<String, String> annotations,
    boolean ownPids,
    boolean hooks,
    boolean intelRdt) {
  public static final int VERSION = 2;

  public ContainerState {
    cgroups = Map.copyOf(cgroups);
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations)); // shown in this order
  }
}

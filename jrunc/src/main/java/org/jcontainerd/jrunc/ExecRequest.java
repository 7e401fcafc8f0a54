package org.jcontainerd.jrunc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.oci.runtime.ProcessSpec;

/**
 * What {@link Jrunc#exec} starts in a container.
 *
 * @param id the container
 * @param process the process; capabilities, seccomp and the like come from here and from the
 *     container's configuration as in runc
 * @param stdio the process's standard streams
 * @param keeperId if present the helper stays as keeper, with its files in {@code
 *     <bundle>/exec/<keeperId>/}; if empty the process becomes a child of the caller's subreaper
 * @param preserved descriptors that the process gets as 3, 4, ...; borrowed
 * @param cgroups paths below the container's cgroup by controller; a path under "" is for all of
 *     them; empty for the container's own
 * @param ignorePaused start the process in a paused container, where it waits
 */
public record ExecRequest(
    String id,
    ProcessSpec process,
    Stdio stdio,
    Optional<String> keeperId,
    List<Fd> preserved,
    Map<String, String> cgroups,
    boolean ignorePaused) {

  public ExecRequest {
    preserved = List.copyOf(preserved);
    cgroups = Map.copyOf(cgroups);
  }

  /** The request of a shim: a keeper, nothing preserved. */
  public static ExecRequest kept(String id, ProcessSpec process, Stdio stdio, String keeperId) {
    return new ExecRequest(id, process, stdio, Optional.of(keeperId), List.of(), Map.of(), false);
  }
}

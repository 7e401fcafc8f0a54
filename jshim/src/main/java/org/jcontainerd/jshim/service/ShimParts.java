package org.jcontainerd.jshim.service;

import java.nio.file.Path;
import org.jcontainerd.jshim.ShimLog;
import org.jcontainerd.jshim.event.TaskEvents;
import org.jcontainerd.jshim.stdio.StreamPlumbing;
import org.jcontainerd.jshim.task.Tasks;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Metadata;

/**
 * What the procedures share, wired once by the server. Immutable; the parts are thread-safe.
 *
 * @param waiter for keepers and pidfds
 * @param state the state directory
 * @param namespace of calls that do not name one: stock containerd names it on the command line
 *     alone
 */
public record ShimParts(
    Path state,
    String namespace,
    Tasks tasks,
    Runtimes runtimes,
    Loops loops,
    StreamPlumbing plumbing,
    ExitTracker exits,
    CgroupLayout cgroups,
    KernelWaiter waiter,
    TaskEvents events,
    ShimLog log) {

  /** The namespace that a call speaks of. */
  String namespaceOf(Call call) {
    return call.metadata().first(Metadata.NAMESPACE).orElse(namespace);
  }
}

package org.jcontainerd.jshim.service;

import java.nio.file.Path;
import org.jcontainerd.jshim.ShimLog;
import org.jcontainerd.jshim.event.TaskEvents;
import org.jcontainerd.jshim.stdio.StreamPlumbing;
import org.jcontainerd.jshim.task.Tasks;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.loop.KernelWaiter;

/**
 * What the procedures share, wired once by the server. Immutable; the parts are thread-safe.
 *
 * @param waiter for keepers and pidfds
 * @param state the state directory
 */
public record ShimParts(
    Path state,
    Tasks tasks,
    Runtimes runtimes,
    Loops loops,
    StreamPlumbing plumbing,
    ExitTracker exits,
    CgroupLayout cgroups,
    KernelWaiter waiter,
    TaskEvents events,
    ShimLog log) {}

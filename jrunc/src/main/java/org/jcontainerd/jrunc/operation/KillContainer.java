package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.jrunc.state.ContainerState;
import org.jcontainerd.linux.Signal;

/** Sends a signal to a container's process, or to all of its processes. */
public final class KillContainer {
  private final RuntimeContext context;
  private final String id;

  public KillContainer(RuntimeContext context, String id) {
    this.context = context;
    this.id = id;
  }

  /**
   * @throws RuncFailure.FailedPrecondition "container not running" if the process has ended
   */
  public void run(Signal signal, boolean all) throws RuncFailure {
    try {
      RuntimeContext.Known container = context.find(id);
      ContainerState state = container.state();
      ContainerCgroup cgroup = context.cgroup(state);
      // Without a pid namespace of its own, the end of the first process is not that of the others.
      boolean whole = all || signal.equals(Signal.SIGKILL) && !state.ownPids();
      if (whole && !cgroup.directories().isEmpty()) {
        cgroup.signalAll(signal);
      } else if (!ContainerProcess.signal(state.pid(), state.startTicks(), signal)) {
        throw new RuncFailure.FailedPrecondition("container not running");
      }
      if (signal.equals(Signal.SIGKILL) && cgroup.isFrozen()) {
        // On cgroup v1 a frozen process does not even die.
        cgroup.freeze(false);
      }
    } catch (IOException e) {
      throw new RuncFailure.Failed("kill container '" + id + "'", e);
    }
  }
}

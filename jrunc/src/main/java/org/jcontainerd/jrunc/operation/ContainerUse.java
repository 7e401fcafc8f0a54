package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import org.jcontainerd.jrunc.ContainerStatus;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.state.ContainerState;
import org.jcontainerd.jrunc.stats.CgroupDirectories;

/** Where the use of a container is counted. */
public final class ContainerUse {
  private final RuntimeContext context;
  private final String id;

  public ContainerUse(RuntimeContext context, String id) {
    this.context = context;
    this.id = id;
  }

  /**
   * @throws RuncFailure.FailedPrecondition if the container has stopped
   */
  public CgroupDirectories ofRunning() throws RuncFailure {
    try {
      ContainerState state = context.find(id).state();
      if (ContainerInfos.status(context, state, context.files(id)) == ContainerStatus.STOPPED) {
        throw new RuncFailure.FailedPrecondition("container with id " + id + " is not running");
      }
      return new CgroupDirectories(context.layout(), context.cgroup(state).directories());
    } catch (IOException e) {
      throw new RuncFailure.Failed("find the cgroup of container '" + id + "'", e);
    }
  }
}

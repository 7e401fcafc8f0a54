package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.ContainerStatus;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.jrunc.resctrl.ResctrlGroup;
import org.jcontainerd.jrunc.state.ContainerState;
import org.jcontainerd.oci.runtime.IntelRdt;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Resources;

/**
 * What is done to a container through its cgroup: pause, resume, update, and listing its processes.
 */
public final class ControlContainer {
  private final RuntimeContext context;
  private final String id;

  public ControlContainer(RuntimeContext context, String id) {
    this.context = context;
    this.id = id;
  }

  /** All processes of the container, in the runtime's pid namespace. */
  public List<Integer> pids() throws RuncFailure {
    try {
      return context.cgroup(context.find(id).state()).pids();
    } catch (IOException e) {
      throw failed("list processes of", e);
    }
  }

  public void pause() throws RuncFailure {
    try {
      ContainerState state = context.find(id).state();
      switch (status(state)) {
        case RUNNING, CREATED -> context.cgroup(state).freeze(true);
        case PAUSED, STOPPED, CREATING ->
            throw new RuncFailure.FailedPrecondition(
                "container not running or created: " + status(state).word());
      }
    } catch (IOException e) {
      throw failed("pause", e);
    }
  }

  public void resume() throws RuncFailure {
    try {
      ContainerState state = context.find(id).state();
      if (status(state) != ContainerStatus.PAUSED && !context.cgroup(state).isFrozen()) {
        throw new RuncFailure.FailedPrecondition("container not paused");
      }
      context.cgroup(state).freeze(false);
    } catch (IOException e) {
      throw failed("resume", e);
    }
  }

  /** Changes limits; parts that are absent stay as they are. */
  public void update(Resources resources) throws RuncFailure {
    try {
      RuntimeContext.Known container = context.find(id);
      if (status(container.state()) == ContainerStatus.STOPPED) {
        throw new RuncFailure.FailedPrecondition("container not running");
      }
      ContainerCgroup cgroup = context.cgroup(container.state());
      context.driver(container.state()).update(cgroup, resources);
      cgroup.apply(resources, false, context.warnings());
    } catch (IOException e) {
      throw failed("update", e);
    }
  }

  /** Changes the schemata of its resctrl group; those that are absent stay as they are. */
  public void updateResctrl(IntelRdt changed) throws RuncFailure {
    try {
      RuntimeContext.Known container = context.find(id);
      Optional<IntelRdt> own = container.spec().linux().flatMap(Linux::intelRdt);
      IntelRdt group = own.orElseGet(() -> IntelRdt.builder().build());
      ResctrlGroup resctrl = ResctrlGroup.of(group, id);
      if (own.isEmpty()) {
        // As in runc: a container without a group gets one of its own.
        resctrl.create();
        resctrl.enter(container.state().pid());
      }
      resctrl.update(changed);
    } catch (IOException e) {
      throw failed("update", e);
    }
  }

  private ContainerStatus status(ContainerState state) throws IOException, RuncFailure {
    return ContainerInfos.status(context, state, context.files(id));
  }

  private RuncFailure failed(String operation, IOException e) {
    return new RuncFailure.Failed(operation + " container '" + id + "'", e);
  }
}

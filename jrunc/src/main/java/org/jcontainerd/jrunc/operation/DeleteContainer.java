package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.ContainerStatus;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.jrunc.resctrl.ResctrlGroup;
import org.jcontainerd.jrunc.state.ContainerFiles;
import org.jcontainerd.jrunc.state.ContainerState;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.oci.runtime.Hook;
import org.jcontainerd.oci.runtime.Hooks;
import org.jcontainerd.oci.runtime.IntelRdt;
import org.jcontainerd.oci.runtime.Linux;

/**
 * Removes what create made. Everything is tried even if a part fails; what failed is reported
 * together, and a second delete goes on where this one stopped.
 */
public final class DeleteContainer {
  private final RuntimeContext context;
  private final String id;

  public DeleteContainer(RuntimeContext context, String id) {
    this.context = context;
    this.id = id;
  }

  /**
   * Deletes a container that has stopped or was never started.
   *
   * @param force kills one that runs, and takes a missing one for success
   */
  public void run(boolean force) throws RuncFailure {
    try {
      delete(force);
    } catch (RuncFailure.NotFound e) {
      if (!force) {
        throw e;
      }
    } catch (IOException e) {
      throw new RuncFailure.Failed("delete container '" + id + "'", e);
    }
  }

  private void delete(boolean force) throws IOException, RuncFailure {
    ContainerFiles files = context.files(id);
    Optional<ContainerState> cutOff = files.readState();
    if (cutOff.isEmpty()) {
      // A create that was killed: nothing says what it had made but the directory itself.
      if (!force) {
        throw new RuncFailure.FailedPrecondition("container '" + id + "' is being created");
      }
      files.delete();
      return;
    }
    RuntimeContext.Known container = context.find(id);
    ContainerState state = container.state();
    ContainerStatus status = ContainerInfos.status(context, state, files);
    if (status != ContainerStatus.STOPPED && status != ContainerStatus.CREATED && !force) {
      throw new RuncFailure.FailedPrecondition(
          "cannot delete container " + id + " that is not stopped: " + status.word());
    }
    destroy(container, files);
  }

  private void destroy(RuntimeContext.Known container, ContainerFiles files)
      throws IOException, RuncFailure {
    ContainerState state = container.state();
    ContainerCgroup cgroup = context.cgroup(state);
    Hooks hooks = container.hooks(); // while there still is a configuration to read
    var failures = new ArrayList<Exception>();
    attempt(failures, () -> endProcesses(container, cgroup));
    attempt(failures, () -> context.driver(state).remove(cgroup));
    attempt(failures, cgroup::delete);
    attempt(failures, () -> deleteResctrl(container));
    if (state.keeper()) {
      attempt(failures, () -> retire(Path.of(state.bundle()).resolve("init")));
    }
    if (failures.isEmpty()) {
      // The name is given back last: until then delete can be repeated.
      attempt(failures, files::delete);
      context.forget(id);
    }
    if (!failures.isEmpty()) {
      throw RuncFailure.Failed.ofAll("delete container '" + id + "'", failures);
    }
    poststop(container, hooks);
  }

  /** Where the file system is gone, the group is gone with it. */
  private void deleteResctrl(RuntimeContext.Known container) throws IOException, RuncFailure {
    Optional<IntelRdt> wanted =
        container.state().intelRdt()
            ? container.spec().linux().flatMap(Linux::intelRdt)
            : Optional.empty();
    if (wanted.isPresent()) {
      try {
        ResctrlGroup.of(wanted.get(), id).delete();
      } catch (RuncFailure.NotSupported e) {
        context.warnings().accept("delete: " + e.getMessage());
      }
    }
  }

  private interface Step {
    void run() throws IOException, RuncFailure;
  }

  private static void attempt(List<Exception> failures, Step step) {
    try {
      step.run();
    } catch (IOException | RuncFailure e) {
      failures.add(e);
    }
  }

  private static void endProcesses(RuntimeContext.Known container, ContainerCgroup cgroup)
      throws IOException, RuncFailure {
    ContainerState state = container.state();
    boolean alive = ContainerProcess.signal(state.pid(), state.startTicks(), Signal.SIGKILL);
    if (!state.ownPids()) {
      cgroup.signalAll(Signal.SIGKILL);
    }
    if (alive) {
      if (cgroup.isFrozen()) {
        cgroup.freeze(false);
      }
      ContainerProcess.awaitEnd(state.pid(), state.startTicks());
    }
  }

  /** A keeper that has gone, or that its shim retires, is fine. */
  private void retire(Path directory) throws IOException {
    try (KeeperClient keeper =
        context.waiter().isPresent()
            ? KeeperClient.connect(directory, context.waiter().get())
            : KeeperClient.connect(directory)) {
      var _ = keeper.retire();
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT, Errno.ECONNREFUSED, Errno.ECONNRESET, Errno.EPIPE)) {
        throw e;
      }
    }
  }

  /** runtime.md: a failing poststop hook is logged, and the container is deleted all the same. */
  private void poststop(RuntimeContext.Known container, Hooks hooks) {
    HookRunner runner = container.hookRunner(context);
    for (Hook hook : hooks.poststop()) {
      try {
        runner.onHost("poststop", List.of(hook), ContainerStatus.STOPPED, 0);
      } catch (IOException | RuncFailure e) {
        context.warnings().accept(String.valueOf(e.getMessage()));
      }
    }
  }
}

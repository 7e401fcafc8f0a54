package org.jcontainerd.jrunc;

import java.util.List;
import org.jcontainerd.jrunc.operation.CheckpointContainer;
import org.jcontainerd.jrunc.operation.ContainerInfos;
import org.jcontainerd.jrunc.operation.ControlContainer;
import org.jcontainerd.jrunc.operation.CreateContainer;
import org.jcontainerd.jrunc.operation.DeleteContainer;
import org.jcontainerd.jrunc.operation.ExecProcess;
import org.jcontainerd.jrunc.operation.KillContainer;
import org.jcontainerd.jrunc.operation.RestoreContainer;
import org.jcontainerd.jrunc.operation.RuntimeContext;
import org.jcontainerd.jrunc.operation.StartContainer;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.oci.runtime.IntelRdt;
import org.jcontainerd.oci.runtime.Resources;

/**
 * The OCI runtime (runtime.md, "Operations"). Thread-safe; one per process. Operations on one
 * container are serialized by the caller. An operation that fails leaves nothing of what it began.
 *
 * <p>All operations throw {@link RuncFailure.NotFound} if there is no container of that id, {@link
 * RuncFailure.FailedPrecondition} if its status does not allow the operation, and {@link
 * RuncFailure.Failed} if the kernel refuses a step.
 */
public final class Jrunc implements AutoCloseable {
  private final RuntimeContext context;

  private Jrunc(RuntimeContext context) {
    this.context = context;
  }

  /** Looks at the host; containers of earlier processes with the same root are there. */
  public static Jrunc open(JruncOptions options) throws LinuxException {
    return new Jrunc(RuntimeContext.open(options));
  }

  /**
   * Makes a container up to the point where its process waits before its program.
   *
   * @throws RuncFailure.AlreadyExists if the id is taken
   * @throws RuncFailure.InvalidArgument if the configuration is wrong
   * @throws RuncFailure.NotSupported if it asks for what this runtime or host does not have
   * @throws RuncFailure.ExecFailed if the program is missing or cannot be executed
   */
  public StartedProcess create(CreateRequest request) throws RuncFailure {
    return new CreateContainer(context, request).run();
  }

  /**
   * Lets the process run its program; returns when it does.
   *
   * @throws RuncFailure.ExecFailed if execve fails; the container has then stopped
   */
  public void start(String id) throws RuncFailure {
    new StartContainer(context, id).run();
  }

  /**
   * Starts a further process; its program runs when this returns.
   *
   * @throws RuncFailure.ExecFailed if the program is missing or cannot be executed; nothing is left
   *     then
   */
  public StartedProcess exec(ExecRequest request) throws RuncFailure {
    return new ExecProcess(context, request).run();
  }

  /**
   * Sends a signal to the container's first process, or with {@code all} to every process.
   *
   * @throws RuncFailure.FailedPrecondition "container not running"
   */
  public void kill(String id, Signal signal, boolean all) throws RuncFailure {
    new KillContainer(context, id).run(signal, all);
  }

  /**
   * Deletes a container that has stopped, or that was never started.
   *
   * @param force kills one that runs; a missing one is then success
   */
  public void delete(String id, boolean force) throws RuncFailure {
    new DeleteContainer(context, id).run(force);
  }

  /** The container as it is now. */
  public ContainerInfo info(String id) throws RuncFailure {
    return ContainerInfos.of(context, id);
  }

  /** All containers as they are now. */
  public List<ContainerInfo> list() throws RuncFailure {
    return ContainerInfos.all(context);
  }

  /** All processes in the container, in the runtime's pid namespace. */
  public List<Integer> pids(String id) throws RuncFailure {
    return new ControlContainer(context, id).pids();
  }

  /** Changes limits; what is absent stays as it is. */
  public void update(String id, Resources resources) throws RuncFailure {
    new ControlContainer(context, id).update(resources);
  }

  /** Changes schemata of Intel RDT; what is absent stays as it is. */
  public void update(String id, IntelRdt schemata) throws RuncFailure {
    new ControlContainer(context, id).updateResctrl(schemata);
  }

  /** Stops all processes of the container until {@link #resume}. */
  public void pause(String id) throws RuncFailure {
    new ControlContainer(context, id).pause();
  }

  public void resume(String id) throws RuncFailure {
    new ControlContainer(context, id).resume();
  }

  /**
   * Saves a container with criu, and ends and deletes it unless it is to run on.
   *
   * @throws RuncFailure.NotSupported if criu is not there
   */
  public void checkpoint(CheckpointRequest request) throws RuncFailure {
    new CheckpointContainer(context, request).run();
  }

  /**
   * Brings a saved container back; its processes run when this returns, the first as our child.
   *
   * @throws RuncFailure.AlreadyExists if the id is taken
   * @throws RuncFailure.NotSupported if criu is not there
   */
  public StartedProcess restore(RestoreRequest request) throws RuncFailure {
    return new RestoreContainer(context, request).run();
  }

  @Override
  public void close() {
    context.close();
  }
}

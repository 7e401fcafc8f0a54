package org.jcontainerd.jshim.service;

import com.google.protobuf.Empty;
import org.jcontainerd.api.containerd.task.v3.KillRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jshim.task.Exec;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.jshim.task.TaskState;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Kill: sends a signal to a process, or to all of a container. */
final class KillTask implements Handler<KillRequest, Empty> {
  private final TaskLookup tasks;

  KillTask(ShimParts shim) {
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public Empty handle(KillRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    var signal = signal(request.getSignal());
    if (!request.getExecId().isEmpty()) {
      killExec(task.exec(request.getExecId()), signal);
    } else if (task.init().state().ended().isPresent() && !request.getAll()) {
      throw finished();
    } else {
      killTask(task, signal, request.getAll());
    }
    return Empty.getDefaultInstance();
  }

  private static void killTask(Task task, Signal signal, boolean all)
      throws ShimFailure, RuncFailure {
    try {
      task.runtime().kill(task.id().id(), signal, all);
    } catch (RuncFailure.FailedPrecondition | RuncFailure.NotFound e) {
      throw finished();
    }
  }

  private static Signal signal(int number) throws ShimFailure {
    try {
      return new Signal(number);
    } catch (IllegalArgumentException e) {
      throw new ShimFailure.InvalidArgument(String.valueOf(e.getMessage()));
    }
  }

  private static void killExec(Exec exec, Signal signal) throws ShimFailure, LinuxException {
    var running = exec.process().running();
    if (exec.process().state() instanceof TaskState.Created || running.isEmpty()) {
      throw new ShimFailure.FailedPrecondition("exec '" + exec.id() + "' has not been started");
    }
    int pid = exec.process().state().pid();
    if (exec.process().state().ended().isPresent()
        || !ProcessTree.send(pid, running.get().startTicks(), signal)) {
      throw finished();
    }
  }

  /** NOT_FOUND is what containerd's callers take as "nothing left to kill". */
  private static ShimFailure finished() {
    return new ShimFailure.NotFound("process already finished");
  }
}

package org.jcontainerd.jshim.service;

import java.io.IOException;
import java.time.Instant;
import org.jcontainerd.api.containerd.events.TaskExecStarted;
import org.jcontainerd.api.containerd.events.TaskStart;
import org.jcontainerd.jrunc.ExecRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.jshim.stdio.ClientStreams;
import org.jcontainerd.jshim.stdio.IoPlan;
import org.jcontainerd.jshim.stdio.ProcessIo;
import org.jcontainerd.jshim.stdio.StreamPlumbing;
import org.jcontainerd.jshim.task.Exec;
import org.jcontainerd.jshim.task.ExecRecord;
import org.jcontainerd.jshim.task.IllegalTransition;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.jshim.task.TaskEvent;
import org.jcontainerd.jshim.task.TaskProcess;
import org.jcontainerd.jshim.task.TaskState;
import org.jcontainerd.jshim.task.Undo;
import org.jcontainerd.oci.runtime.ProcessSpec;

/** Starts programs: a prepared container's, or an exec's. */
final class StartProcess {
  private final ShimParts shim;

  StartProcess(ShimParts shim) {
    this.shim = shim;
  }

  /** Lets the program of a prepared container run. */
  void init(Task task) throws RuncFailure, IllegalTransition {
    var init = task.init();
    init.turn().lock();
    try {
      int pid = init.state().pid();
      var _ = init.state().next(new TaskEvent.Start(pid, Instant.now())); // refuse before we act
      task.runtime().start(task.id().id());
      init.apply(new TaskEvent.Start(pid, Instant.now()));
      shim.events()
          .publish(
              task.id().namespace(),
              "/tasks/start",
              TaskStart.newBuilder().setContainerId(task.id().id()).setPid(pid).build());
    } finally {
      init.turn().unlock();
    }
  }

  /** Starts an exec that was added before. */
  void exec(Task task, Exec exec) throws Exception {
    var process = exec.process();
    process.turn().lock();
    try {
      if (!(process.state() instanceof TaskState.Created)) {
        throw new ShimFailure.FailedPrecondition(
            "exec '" + exec.id() + "' is " + process.state().word() + ", not created");
      }
      requireAlive(task);
      var started = start(task, exec);
      process.apply(new TaskEvent.Start(started.pid(), Instant.now()));
      shim.events()
          .publish(
              task.id().namespace(),
              "/tasks/exec-started",
              TaskExecStarted.newBuilder()
                  .setContainerId(task.id().id())
                  .setExecId(exec.id())
                  .setPid(started.pid())
                  .build());
      shim.exits().track(task, exec.id(), process, started.keeper().orElseThrow());
    } finally {
      process.turn().unlock();
    }
  }

  private static void requireAlive(Task task) throws ShimFailure {
    var state = task.init().state();
    if (!(state instanceof TaskState.Running || state instanceof TaskState.Created)) {
      throw new ShimFailure.FailedPrecondition(
          "task '" + task.id().id() + "' is " + state.word() + ", nothing can be started in it");
    }
  }

  private StartedProcess start(Task task, Exec exec) throws Exception {
    var undo = new Undo();
    try {
      undo.push(() -> task.bundle().removeExec(exec.id()));
      task.bundle().write(new ExecRecord(exec.id(), exec.process().stdio()));
      var started =
          task.runtime().exec(ExecRequest.kept(task.id().id(), spec(exec), stdio(exec), exec.id()));
      var keeper = started.keeper().orElseThrow();
      undo.push(keeper::close);
      var _ = connect(task, exec.plan(), started, exec.clients(), exec.process());
      return started;
    } catch (Exception e) {
      undo.because(e);
      throw e;
    }
  }

  private static Stdio stdio(Exec exec) {
    return exec.process().stdio().terminal()
        ? new Stdio.KeeperTerminal(spec(exec).consoleSize())
        : new Stdio.KeeperPipes(
            exec.plan().wantsStdin(), exec.plan().wantsStdout(), exec.plan().wantsStderr());
  }

  private static ProcessSpec spec(Exec exec) {
    return exec.spec().orElseThrow(() -> new IllegalStateException("start of an adopted exec"));
  }

  /** Connects a process's streams, and remembers its kernel side. */
  ProcessIo connect(
      Task task, IoPlan plan, StartedProcess started, ClientStreams clients, TaskProcess process)
      throws IOException {
    var keeper = started.keeper().orElseThrow();
    var job =
        new StreamPlumbing.Job(
            plan, keeper.descriptors(), clients, () -> closeKeepersStdin(keeper, process));
    var io = shim.plumbing().open(task.loop(), job);
    process.setRunning(new TaskProcess.Running(keeper, io, started.startTicks()));
    return io;
  }

  /** Called on a loop, which must not wait for the keeper's answer. */
  private void closeKeepersStdin(KeeperClient keeper, TaskProcess process) {
    if (process.state().ended().isPresent()) {
      return;
    }
    var _ =
        Thread.ofVirtual()
            .name("close-stdin")
            .start(() -> {
              try {
                keeper.closeStdin();
              } catch (IOException e) {
                if (process.state().ended().isEmpty()) {
                  shim.log().warn("close stdin of process " + process.state().pid(), e);
                }
              }
            });
  }
}

package org.jcontainerd.jshim.service;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jcontainerd.api.containerd.events.TaskDelete;
import org.jcontainerd.api.containerd.task.v3.DeleteRequest;
import org.jcontainerd.api.containerd.task.v3.DeleteResponse;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jshim.stdio.ProcessIo;
import org.jcontainerd.jshim.task.Exec;
import org.jcontainerd.jshim.task.Exit;
import org.jcontainerd.jshim.task.RootfsMounts;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.jshim.task.TaskEvent;
import org.jcontainerd.jshim.task.TaskProcess;
import org.jcontainerd.jshim.task.TaskState;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/**
 * Task.Delete: removes what is left of a stopped process. Every step is tried, and each bears to be
 * repeated: after a failure the task stays and Delete can be called again.
 */
final class DeleteTask implements Handler<DeleteRequest, DeleteResponse> {
  /** How long fifos may take to be read to their end when all writers are gone. */
  private static final Duration DRAIN = Duration.ofSeconds(2);

  private static final Duration DEATH = Duration.ofSeconds(10);

  private final ShimParts shim;
  private final TaskLookup tasks;

  DeleteTask(ShimParts shim) {
    this.shim = shim;
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public DeleteResponse handle(DeleteRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    return request.getExecId().isEmpty()
        ? deleteTask(task)
        : deleteExec(task, task.exec(request.getExecId()));
  }

  private DeleteResponse deleteTask(Task task) throws Exception {
    var init = task.init();
    if (init.state() instanceof TaskState.Created) {
      killPrepared(task);
    }
    init.turn().lock();
    try {
      var next = init.state().next(new TaskEvent.Delete()); // refuse before we act
      var steps = new Teardown();
      for (var exec : task.execs()) {
        steps.run(() -> removeExec(task, exec));
      }
      steps.run(() -> deleteContainer(task));
      steps.run(() -> endStreams(init));
      steps.run(() -> RootfsMounts.unmount(rootfs(task)));
      steps.throwFailures();
      retire(init);
      task.bundle().removeRecords();
      init.apply(new TaskEvent.Delete());
      shim.tasks().remove(task);
      publish(task, task.id().id(), next);
      return response(next);
    } finally {
      init.turn().unlock();
    }
  }

  private static Path rootfs(Task task) {
    return task.bundle().rootfs();
  }

  /** A container that was never started has a process that waits: it ends by a signal. */
  private static void killPrepared(Task task)
      throws RuncFailure, InterruptedException, ExecutionException, TimeoutException {
    task.runtime().kill(task.id().id(), Signal.SIGKILL, true);
    var _ = task.init().exit().get(DEATH.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void deleteContainer(Task task) throws RuncFailure {
    try {
      task.runtime().delete(task.id().id(), true);
    } catch (RuncFailure.NotFound e) {
      // an earlier Delete got this far
    }
  }

  /** Lets the last bytes out; whoever inherited a stream and lives on is cut off. */
  private static void endStreams(TaskProcess process) throws IOException, InterruptedException {
    var running = process.running();
    if (running.isEmpty()) {
      return;
    }
    ProcessIo io = running.get().io();
    try {
      var _ = io.settle().get(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // cut off by close
    } catch (ExecutionException e) {
      throw new IOException("last output", e);
    } finally {
      io.close();
    }
  }

  private void retire(TaskProcess process) {
    var running = process.running();
    if (running.isEmpty()) {
      return;
    }
    try (var keeper = running.get().keeper()) {
      if (!keeper.retire()) {
        shim.log()
            .warn("retire keeper", new IOException("process " + process.state().pid() + " lives"));
      }
    } catch (IOException e) {
      // a keeper that is gone needs no retirement; what it held is closed
    }
  }

  private DeleteResponse deleteExec(Task task, Exec exec) throws Exception {
    var process = exec.process();
    process.turn().lock();
    try {
      var next = process.state().next(new TaskEvent.Delete());
      removeExec(task, exec);
      process.apply(new TaskEvent.Delete());
      process.neverRan();
      return response(next);
    } finally {
      process.turn().unlock();
    }
  }

  private void removeExec(Task task, Exec exec) throws IOException, InterruptedException {
    endStreams(exec.process());
    exec.clients().close();
    retire(exec.process());
    task.bundle().removeExec(exec.id());
    task.remove(exec);
  }

  private void publish(Task task, String processId, TaskState deleted) {
    var event =
        TaskDelete.newBuilder()
            .setContainerId(task.id().id())
            .setId(processId)
            .setPid(deleted.pid());
    deleted
        .ended()
        .ifPresent(exit -> event.setExitStatus(exit.code()).setExitedAt(Wire.time(exit.at())));
    shim.events().publish(task.id().namespace(), "/tasks/delete", event.build());
  }

  private static DeleteResponse response(TaskState deleted) {
    Optional<Exit> exit = deleted.ended();
    var response = DeleteResponse.newBuilder().setPid(deleted.pid());
    exit.ifPresent(e -> response.setExitStatus(e.code()).setExitedAt(Wire.time(e.at())));
    return response.build();
  }
}

package org.jcontainerd.jshim.service;

import com.google.protobuf.Message;
import java.nio.file.Path;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.ttrpc.Handler;
import org.jcontainerd.ttrpc.Method;
import org.jcontainerd.ttrpc.Services;

/** The table of procedures and what serves them. */
public final class ShimServices {
  private final Services.Builder services = Services.builder();

  private ShimServices() {}

  /**
   * @param streamSocket path that Info tells
   * @param shutdown ends the server; called by Shutdown when no task is left
   */
  public static Services of(ShimParts shim, Path streamSocket, Runnable shutdown) {
    var table = new ShimServices();
    table.taskService(shim, shutdown);
    table.services.add(Methods.EXEC_SYNC, new ExecSync(shim));
    table.services.add(Methods.REOPEN_LOG, new ReopenLog(shim));
    table.services.add(Methods.LIST_TASKS, new ListTasks(shim));
    table.services.add(Methods.INFO, new ShimInfo(streamSocket));
    return table.services.build();
  }

  private void taskService(ShimParts shim, Runnable shutdown) {
    var start = new StartProcess(shim);
    task(Methods.STATE, new TaskStateCall(shim));
    task(Methods.CREATE, new CreateTask(shim, start));
    task(Methods.START, new StartTask(shim, start));
    task(Methods.DELETE, new DeleteTask(shim));
    task(Methods.PIDS, new PidsTask(shim));
    task(Methods.PAUSE, new PauseTask(shim));
    task(Methods.RESUME, new ResumeTask(shim));
    task(
        Methods.CHECKPOINT,
        (_, _) -> {
          throw new ShimFailure.Unimplemented(
              "checkpoint is not implemented: there is no CRIU here");
        });
    task(Methods.KILL, new KillTask(shim));
    task(Methods.EXEC, new ExecTask(shim));
    task(Methods.RESIZE_PTY, new ResizePty(shim));
    task(Methods.CLOSE_IO, new CloseIo(shim));
    task(Methods.UPDATE, new UpdateTask(shim));
    task(Methods.WAIT, new WaitTask(shim));
    task(Methods.STATS, new StatsTask(shim));
    task(Methods.CONNECT, new ConnectTask(shim));
    task(Methods.SHUTDOWN, new ShutdownShim(shim, shutdown));
  }

  /** Under both names: the messages of version 2 and 3 are the same on the wire. */
  private <Q extends Message, R extends Message> void task(
      Method<Q, R> method, Handler<Q, R> handler) {
    services.add(method, handler).add(method.in(Methods.TASK_V2), handler);
  }
}

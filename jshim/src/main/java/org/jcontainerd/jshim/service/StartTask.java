package org.jcontainerd.jshim.service;

import org.jcontainerd.api.containerd.task.v3.StartRequest;
import org.jcontainerd.api.containerd.task.v3.StartResponse;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.jshim.task.TaskState;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Start: lets a created container or exec run. */
final class StartTask implements Handler<StartRequest, StartResponse> {
  private final TaskLookup tasks;
  private final StartProcess start;

  StartTask(ShimParts shim, StartProcess start) {
    this.tasks = new TaskLookup(shim);
    this.start = start;
  }

  @Override
  public StartResponse handle(StartRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    if (!request.getExecId().isEmpty()) {
      start.exec(task, task.exec(request.getExecId()));
    } else if (!startedByCreate(task)) {
      start.init(task);
    }
    return StartResponse.newBuilder()
        .setPid(task.process(request.getExecId()).state().pid())
        .build();
  }

  /** A task that Create has started: asking again is a no-op (shim.proto, TaskOptions.start). */
  private static boolean startedByCreate(Task task) {
    return task.record().startedByCreate() && !(task.init().state() instanceof TaskState.Created);
  }
}

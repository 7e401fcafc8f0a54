package org.jcontainerd.jshim.service;

import com.google.protobuf.Empty;
import org.jcontainerd.api.containerd.events.TaskPaused;
import org.jcontainerd.api.containerd.task.v3.PauseRequest;
import org.jcontainerd.jshim.task.TaskEvent;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Pause: freezes a container. */
final class PauseTask implements Handler<PauseRequest, Empty> {
  private final ShimParts shim;
  private final TaskLookup tasks;

  PauseTask(ShimParts shim) {
    this.shim = shim;
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public Empty handle(PauseRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    var init = task.init();
    init.turn().lock();
    try {
      var _ = init.state().next(new TaskEvent.Pause()); // refuse before we act
      task.runtime().pause(task.id().id());
      init.apply(new TaskEvent.Pause());
      shim.events()
          .publish(
              task.id().namespace(),
              "/tasks/paused",
              TaskPaused.newBuilder().setContainerId(task.id().id()).build());
    } finally {
      init.turn().unlock();
    }
    return Empty.getDefaultInstance();
  }
}

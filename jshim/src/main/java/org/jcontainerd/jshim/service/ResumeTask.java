package org.jcontainerd.jshim.service;

import com.google.protobuf.Empty;
import org.jcontainerd.api.containerd.events.TaskResumed;
import org.jcontainerd.api.containerd.task.v3.ResumeRequest;
import org.jcontainerd.jshim.task.TaskEvent;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Resume: thaws a container. */
final class ResumeTask implements Handler<ResumeRequest, Empty> {
  private final ShimParts shim;
  private final TaskLookup tasks;

  ResumeTask(ShimParts shim) {
    this.shim = shim;
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public Empty handle(ResumeRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    var init = task.init();
    init.turn().lock();
    try {
      var _ = init.state().next(new TaskEvent.Resume()); // refuse before we act
      task.runtime().resume(task.id().id());
      init.apply(new TaskEvent.Resume());
      shim.events()
          .publish(
              task.id().namespace(),
              "/tasks/resumed",
              TaskResumed.newBuilder().setContainerId(task.id().id()).build());
    } finally {
      init.turn().unlock();
    }
    return Empty.getDefaultInstance();
  }
}

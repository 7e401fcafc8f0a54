package org.jcontainerd.jshim.service;

import org.jcontainerd.api.shim.v1.ReopenLogRequest;
import org.jcontainerd.api.shim.v1.ReopenLogResponse;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Shim.ReopenLog: goes on in a new file after the caller has renamed the old one. */
final class ReopenLog implements Handler<ReopenLogRequest, ReopenLogResponse> {
  private final TaskLookup tasks;

  ReopenLog(ShimParts shim) {
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public ReopenLogResponse handle(ReopenLogRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    if (!task.init().io().reopenLog()) {
      throw new ShimFailure.FailedPrecondition("task '" + task.id().id() + "' has no log");
    }
    return ReopenLogResponse.getDefaultInstance();
  }
}

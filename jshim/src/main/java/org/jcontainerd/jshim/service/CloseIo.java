package org.jcontainerd.jshim.service;

import com.google.protobuf.Empty;
import org.jcontainerd.api.containerd.task.v3.CloseIORequest;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.CloseIO: closes the stdin of a process. */
final class CloseIo implements Handler<CloseIORequest, Empty> {
  private final TaskLookup tasks;

  CloseIo(ShimParts shim) {
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public Empty handle(CloseIORequest request, Call call) throws Exception {
    var process = tasks.find(call, request.getId()).process(request.getExecId());
    if (request.getStdin()) {
      process.io().closeStdin();
    }
    return Empty.getDefaultInstance();
  }
}

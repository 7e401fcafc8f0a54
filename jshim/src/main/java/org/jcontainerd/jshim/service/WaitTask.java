package org.jcontainerd.jshim.service;

import java.util.concurrent.ExecutionException;
import org.jcontainerd.api.containerd.task.v3.WaitRequest;
import org.jcontainerd.api.containerd.task.v3.WaitResponse;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Wait: answers when a process has exited, at once if it had before. */
final class WaitTask implements Handler<WaitRequest, WaitResponse> {
  private final TaskLookup tasks;

  WaitTask(ShimParts shim) {
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public WaitResponse handle(WaitRequest request, Call call) throws Exception {
    var process = tasks.find(call, request.getId()).process(request.getExecId());
    try {
      var exit = call.await(process.exit());
      return WaitResponse.newBuilder()
          .setExitStatus(exit.code())
          .setExitedAt(Wire.time(exit.at()))
          .build();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ShimFailure failure ? failure : e;
    }
  }
}

package org.jcontainerd.jshim.service;

import org.jcontainerd.api.containerd.task.v3.ConnectRequest;
import org.jcontainerd.api.containerd.task.v3.ConnectResponse;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Connect: the pids of the shim and of a task. */
final class ConnectTask implements Handler<ConnectRequest, ConnectResponse> {
  private final TaskLookup tasks;

  ConnectTask(ShimParts shim) {
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public ConnectResponse handle(ConnectRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    return ConnectResponse.newBuilder()
        .setShimPid((int) ProcessHandle.current().pid())
        .setTaskPid(task.init().state().pid())
        .setVersion(ShimVersion.TEXT)
        .build();
  }
}

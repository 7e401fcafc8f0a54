package org.jcontainerd.jshim.service;

import org.jcontainerd.api.containerd.task.v3.StateRequest;
import org.jcontainerd.api.containerd.task.v3.StateResponse;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.State: what a process is doing. */
final class TaskStateCall implements Handler<StateRequest, StateResponse> {
  private final TaskLookup tasks;

  TaskStateCall(ShimParts shim) {
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public StateResponse handle(StateRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    var process = task.process(request.getExecId());
    var state = process.state();
    var stdio = process.stdio();
    var response =
        StateResponse.newBuilder()
            .setId(request.getId())
            .setExecId(request.getExecId())
            .setBundle(task.bundle().directory().toString())
            .setPid(state.pid())
            .setStatus(Wire.status(state))
            .setStdin(stdio.stdin())
            .setStdout(stdio.stdout())
            .setStderr(stdio.stderr())
            .setTerminal(stdio.terminal());
    state
        .ended()
        .ifPresent(exit -> response.setExitStatus(exit.code()).setExitedAt(Wire.time(exit.at())));
    return response.build();
  }
}

package org.jcontainerd.jshim.service;

import com.google.protobuf.Empty;
import org.jcontainerd.api.containerd.task.v3.ResizePtyRequest;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.linux.terminal.Terminal;
import org.jcontainerd.linux.terminal.TerminalSize;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.ResizePty: sets the size of a terminal. */
final class ResizePty implements Handler<ResizePtyRequest, Empty> {
  private final TaskLookup tasks;

  ResizePty(ShimParts shim) {
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public Empty handle(ResizePtyRequest request, Call call) throws Exception {
    var process = tasks.find(call, request.getId()).process(request.getExecId());
    var terminal = process.io().terminal();
    if (terminal.isEmpty()) {
      throw new ShimFailure.FailedPrecondition("process has no terminal");
    }
    try {
      Terminal.resize(terminal.get(), new TerminalSize(request.getWidth(), request.getHeight()));
    } catch (IllegalArgumentException e) {
      throw new ShimFailure.InvalidArgument(String.valueOf(e.getMessage()));
    }
    return Empty.getDefaultInstance();
  }
}

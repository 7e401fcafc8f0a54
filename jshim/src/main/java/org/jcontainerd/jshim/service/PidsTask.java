package org.jcontainerd.jshim.service;

import com.google.protobuf.Any;
import java.util.Optional;
import org.jcontainerd.api.containerd.runc.options.ProcessDetails;
import org.jcontainerd.api.containerd.task.v3.PidsRequest;
import org.jcontainerd.api.containerd.task.v3.PidsResponse;
import org.jcontainerd.api.containerd.types.task.ProcessInfo;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Pids: every process of a container. */
final class PidsTask implements Handler<PidsRequest, PidsResponse> {
  private final TaskLookup tasks;

  PidsTask(ShimParts shim) {
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public PidsResponse handle(PidsRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    var response = PidsResponse.newBuilder();
    for (int pid : task.runtime().pids(task.id().id())) {
      var info = ProcessInfo.newBuilder().setPid(pid);
      execOf(task, pid).ifPresent(info::setInfo);
      response.addProcesses(info);
    }
    return response.build();
  }

  /** containerd tells execs by their id; the type URL is as its typeurl package writes it. */
  private static Optional<Any> execOf(Task task, int pid) {
    return task.execs().stream()
        .filter(exec -> exec.process().state().isAlive() && exec.process().state().pid() == pid)
        .map(exec ->
            Any.newBuilder()
                .setTypeUrl("containerd.runc.v1.ProcessDetails")
                .setValue(ProcessDetails.newBuilder().setExecId(exec.id()).build().toByteString())
                .build())
        .findFirst();
  }
}

package org.jcontainerd.jshim.service;

import com.google.protobuf.Empty;
import java.util.Optional;
import org.jcontainerd.api.containerd.events.TaskExecAdded;
import org.jcontainerd.api.containerd.task.v3.ExecProcessRequest;
import org.jcontainerd.jshim.stdio.ClientStreams;
import org.jcontainerd.jshim.task.Exec;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.jshim.task.StdioFields;
import org.jcontainerd.jshim.task.TaskId;
import org.jcontainerd.jshim.task.TaskProcess;
import org.jcontainerd.jshim.task.TaskState;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Exec: notes a process that Start will add to a container. */
final class ExecTask implements Handler<ExecProcessRequest, Empty> {
  private final ShimParts shim;
  private final TaskLookup tasks;

  ExecTask(ShimParts shim) {
    this.shim = shim;
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public Empty handle(ExecProcessRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    TaskId.check("exec id", request.getExecId());
    if (request.getExecId().startsWith(ExecSync.PREFIX)) {
      throw new ShimFailure.InvalidArgument(
          "exec id '" + request.getExecId() + "' starts with '" + ExecSync.PREFIX + "'");
    }
    var stdio =
        new StdioFields(
            request.getStdin(), request.getStdout(), request.getStderr(), request.getTerminal());
    var spec = OciJson.read(request.getSpec().getValue().toByteArray(), ProcessSpec.class);
    task.add(
        new Exec(
            request.getExecId(),
            Optional.of(spec),
            IoPlans.exec(stdio),
            new ClientStreams(),
            new TaskProcess(new TaskState.Created(0), stdio)));
    shim.events()
        .publish(
            task.id().namespace(),
            "/tasks/exec-added",
            TaskExecAdded.newBuilder()
                .setContainerId(task.id().id())
                .setExecId(request.getExecId())
                .build());
    return Empty.getDefaultInstance();
  }
}

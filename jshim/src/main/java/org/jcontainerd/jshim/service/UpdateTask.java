package org.jcontainerd.jshim.service;

import com.google.protobuf.Empty;
import org.jcontainerd.api.containerd.task.v3.UpdateTaskRequest;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Update: changes the limits of a container. */
final class UpdateTask implements Handler<UpdateTaskRequest, Empty> {
  private final TaskLookup tasks;

  UpdateTask(ShimParts shim) {
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public Empty handle(UpdateTaskRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    var resources = OciJson.read(request.getResources().getValue().toByteArray(), Resources.class);
    task.runtime().update(task.id().id(), resources);
    return Empty.getDefaultInstance();
  }
}

package org.jcontainerd.jshim.service;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jcontainerd.api.shim.v1.ListTasksRequest;
import org.jcontainerd.api.shim.v1.ListTasksResponse;
import org.jcontainerd.api.shim.v1.TaskInfo;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Shim.ListTasks: every task of a namespace in one answer. */
final class ListTasks implements Handler<ListTasksRequest, ListTasksResponse> {
  private final ShimParts shim;

  ListTasks(ShimParts shim) {
    this.shim = shim;
  }

  @Override
  public ListTasksResponse handle(ListTasksRequest request, Call call) {
    var response = ListTasksResponse.newBuilder();
    for (var task : shim.tasks().in(shim.namespaceOf(call))) {
      response.addTasks(info(task));
    }
    return response.build();
  }

  private static TaskInfo info(Task task) {
    var state = task.init().state();
    var info =
        TaskInfo.newBuilder()
            .setId(task.id().id())
            .setBundle(task.bundle().directory().toString())
            .setPid(state.pid())
            .setStatus(Wire.status(state).getNumber());
    state
        .ended()
        .ifPresent(exit ->
            info.setExitStatus(exit.code())
                .setExitedAtUnixNanos(ChronoUnit.NANOS.between(Instant.EPOCH, exit.at()))
                .setOomKilled(exit.oomKilled()));
    return info.build();
  }
}

package org.jcontainerd.jshim.service;

import com.google.protobuf.Any;
import org.jcontainerd.api.containerd.task.v3.StatsRequest;
import org.jcontainerd.api.containerd.task.v3.StatsResponse;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.linux.cgroup.CgroupStats;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Stats: the numbers of a container's cgroup, in containerd's version 1 format. */
final class StatsTask implements Handler<StatsRequest, StatsResponse> {
  private final ShimParts shim;
  private final TaskLookup tasks;

  StatsTask(ShimParts shim) {
    this.shim = shim;
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public StatsResponse handle(StatsRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    if (task.cgroup().isEmpty()) {
      throw new ShimFailure.FailedPrecondition(
          "task '" + task.id().id() + "' has no cgroup of its own");
    }
    var stats = CgroupStats.read(shim.cgroups(), task.cgroup());
    return StatsResponse.newBuilder()
        .setStats(
            Any.newBuilder()
                .setTypeUrl("io.containerd.cgroups.v1.Metrics")
                .setValue(CgroupMetrics.encode(stats)))
        .build();
  }
}

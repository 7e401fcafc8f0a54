package org.jcontainerd.daemon.shim;

import com.google.protobuf.Any;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.api.containerd.task.v3.CreateTaskRequest;
import org.jcontainerd.api.shim.v1.CriIo;
import org.jcontainerd.api.shim.v1.TaskOptions;
import org.jcontainerd.snapshotter.Mount;

/** The requests by which our tasks are made. */
public final class TaskRequests {
  private TaskRequests() {}

  /**
   * A task that runs when the call returns.
   *
   * @param rootfs what the shim mounts as its root; none for a root of its own in config.json
   */
  public static CreateTaskRequest started(
      String id, Path bundle, List<Mount> rootfs, boolean terminal, CriIo io) {
    var request =
        CreateTaskRequest.newBuilder()
            .setId(id)
            .setBundle(bundle.toString())
            .setTerminal(terminal)
            .setOptions(Any.pack(TaskOptions.newBuilder().setCriIo(io).setStart(true).build()));
    for (Mount each : rootfs) {
      request.addRootfs(
          org.jcontainerd.api.containerd.types.Mount.newBuilder()
              .setType(each.type())
              .setSource(each.source())
              .addAllOptions(each.options()));
    }
    return request.build();
  }
}

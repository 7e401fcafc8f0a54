package org.jcontainerd.daemon.shim;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.api.containerd.task.v3.CreateTaskRequest;
import org.jcontainerd.api.containerd.task.v3.DeleteRequest;
import org.jcontainerd.api.containerd.task.v3.ExecProcessRequest;
import org.jcontainerd.api.containerd.task.v3.KillRequest;
import org.jcontainerd.api.containerd.task.v3.ResizePtyRequest;
import org.jcontainerd.api.containerd.task.v3.StartRequest;
import org.jcontainerd.api.containerd.task.v3.UpdateTaskRequest;
import org.jcontainerd.api.containerd.task.v3.WaitRequest;
import org.jcontainerd.api.shim.v1.ExecSyncRequest;
import org.jcontainerd.api.shim.v1.ExecSyncResponse;
import org.jcontainerd.api.shim.v1.InfoRequest;
import org.jcontainerd.api.shim.v1.ListTasksRequest;
import org.jcontainerd.api.shim.v1.ReopenLogRequest;
import org.jcontainerd.api.shim.v1.TaskInfo;
import org.jcontainerd.daemon.config.Config;
import org.jcontainerd.ttrpc.Code;
import org.jcontainerd.ttrpc.Metadata;
import org.jcontainerd.ttrpc.Method;
import org.jcontainerd.ttrpc.TtrpcException;

/** The shim over ttrpc. Thread-safe; calls run side by side on one connection. */
public final class ShimClient implements Shim, AutoCloseable {
  /** Namespace of everything that CRI makes. */
  public static final String NAMESPACE = "k8s.io";

  private static final String RESOURCES_TYPE =
      "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources";

  /** Far above what a call takes on a busy node: only a stuck kernel call exceeds it. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final Duration EXEC_SLACK = Duration.ofSeconds(30);

  private final ShimConnection connection;
  private final Metadata metadata = Metadata.namespace(NAMESPACE);

  private ShimClient(ShimConnection connection) {
    this.connection = connection;
  }

  /** Connects to the shim of this daemon, starting one if none runs. */
  public static ShimClient start(Config config) throws ShimFailure {
    var launcher =
        new ShimLauncher(
            config.runtime().shim(),
            NAMESPACE,
            config.address(),
            config.state(),
            config.runtime().startTimeout());
    var client = new ShimClient(new ShimConnection(launcher));
    var _ = client.call("info", ShimMethods.INFO, InfoRequest.getDefaultInstance());
    return client;
  }

  @Override
  public long create(CreateTaskRequest request) throws ShimFailure {
    try {
      return once("create '" + request.getId() + "'", ShimMethods.CREATE, request, LIMIT).getPid();
    } catch (ShimFailure.Unavailable died) {
      // it may have been made before the shim died: the successor knows
      for (TaskInfo task : tasks()) {
        if (task.getId().equals(request.getId())) {
          return task.getPid();
        }
      }
      return once("create '" + request.getId() + "'", ShimMethods.CREATE, request, LIMIT).getPid();
    }
  }

  @Override
  public void exec(ExecProcessRequest request) throws ShimFailure {
    var _ = once("exec in '" + request.getId() + "'", ShimMethods.EXEC, request, LIMIT);
  }

  @Override
  public long start(String id, String execId) throws ShimFailure {
    var request = StartRequest.newBuilder().setId(id).setExecId(execId).build();
    return once("start " + name(id, execId), ShimMethods.START, request, LIMIT).getPid();
  }

  @Override
  public void kill(String id, String execId, int signal, boolean all) throws ShimFailure {
    var request =
        KillRequest.newBuilder().setId(id).setExecId(execId).setSignal(signal).setAll(all).build();
    var _ = call("kill " + name(id, execId), ShimMethods.KILL, request);
  }

  @Override
  public TaskExit await(String id, String execId) throws ShimFailure {
    var request = WaitRequest.newBuilder().setId(id).setExecId(execId).build();
    while (true) {
      try {
        var end = connected().call(ShimMethods.WAIT, request, metadata);
        return new TaskExit(end.getExitStatus(), instant(end.getExitedAt()));
      } catch (TtrpcException e) {
        if (e.code() != Code.UNAVAILABLE) {
          throw failure("wait for " + name(id, execId), e);
        }
        // the shim died: its successor has adopted the process, ask that one
      }
    }
  }

  @Override
  public Optional<TaskExit> delete(String id, String execId) throws ShimFailure {
    var request = DeleteRequest.newBuilder().setId(id).setExecId(execId).build();
    try {
      var end = call("delete " + name(id, execId), ShimMethods.DELETE, request);
      return Optional.of(new TaskExit(end.getExitStatus(), instant(end.getExitedAt())));
    } catch (ShimFailure.NotFound e) {
      return Optional.empty();
    }
  }

  @Override
  public ExecSyncResponse execSync(String id, byte[] process, Optional<Duration> timeout)
      throws ShimFailure {
    var request =
        ExecSyncRequest.newBuilder()
            .setId(id)
            .setProcess(ByteString.copyFrom(process))
            .setTimeoutNanos(timeout.map(Duration::toNanos).orElse(0L))
            .build();
    String what = "exec in '" + id + "'";
    if (timeout.isPresent()) {
      // the shim kills at the timeout; this one only guards against a shim that hangs
      return once(what, ShimMethods.EXEC_SYNC, request, timeout.get().plus(EXEC_SLACK));
    }
    try {
      return connected().call(ShimMethods.EXEC_SYNC, request, metadata);
    } catch (TtrpcException e) {
      throw failure(what, e);
    }
  }

  @Override
  public void resize(String id, String execId, int columns, int rows) throws ShimFailure {
    var request =
        ResizePtyRequest.newBuilder()
            .setId(id)
            .setExecId(execId)
            .setWidth(columns)
            .setHeight(rows)
            .build();
    var _ = call("resize " + name(id, execId), ShimMethods.RESIZE, request);
  }

  @Override
  public void reopenLog(String id) throws ShimFailure {
    var request = ReopenLogRequest.newBuilder().setId(id).build();
    var _ = call("reopen log of '" + id + "'", ShimMethods.REOPEN_LOG, request);
  }

  @Override
  public void update(String id, byte[] resources) throws ShimFailure {
    var any = Any.newBuilder().setTypeUrl(RESOURCES_TYPE).setValue(ByteString.copyFrom(resources));
    var request = UpdateTaskRequest.newBuilder().setId(id).setResources(any).build();
    var _ = call("update '" + id + "'", ShimMethods.UPDATE, request);
  }

  @Override
  public List<TaskInfo> tasks() throws ShimFailure {
    return call("list tasks", ShimMethods.LIST_TASKS, ListTasksRequest.getDefaultInstance())
        .getTasksList();
  }

  @Override
  public Path streamSocket() throws ShimFailure {
    return Path.of(
        call("info", ShimMethods.INFO, InfoRequest.getDefaultInstance()).getStreamSocket());
  }

  @Override
  public Optional<ShimFailure> health() {
    if (connection.alive()) {
      return Optional.empty();
    }
    try {
      var _ = connected();
      return Optional.empty();
    } catch (ShimFailure e) {
      return Optional.of(e);
    }
  }

  /** A call that may be repeated: once more with the next shim if this one dies. */
  private <Q extends MessageLite, R extends MessageLite> R call(
      String what, Method<Q, R> method, Q request) throws ShimFailure {
    try {
      return once(what, method, request, LIMIT);
    } catch (ShimFailure.Unavailable died) {
      return once(what, method, request, LIMIT);
    }
  }

  private <Q extends MessageLite, R extends MessageLite> R once(
      String what, Method<Q, R> method, Q request, Duration limit) throws ShimFailure {
    try {
      return connected().call(method, request, metadata, limit);
    } catch (TtrpcException e) {
      throw failure(what, e);
    }
  }

  private org.jcontainerd.ttrpc.TtrpcClient connected() throws ShimFailure {
    try {
      return connection.get();
    } catch (IOException e) {
      throw new ShimFailure.Unavailable("connect to shim", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ShimFailure.Unavailable("connect to shim: interrupted", e);
    }
  }

  private static ShimFailure failure(String what, TtrpcException e) {
    String message = what + ": " + e.description();
    return switch (e.code()) {
      case NOT_FOUND -> new ShimFailure.NotFound(message, e);
      case ALREADY_EXISTS -> new ShimFailure.AlreadyExists(message, e);
      case FAILED_PRECONDITION -> new ShimFailure.FailedPrecondition(message, e);
      case UNAVAILABLE -> new ShimFailure.Unavailable(message, e);
      default -> new ShimFailure.Refused(message, e);
    };
  }

  private static String name(String id, String execId) {
    return execId.isEmpty() ? "'" + id + "'" : "'" + execId + "' in '" + id + "'";
  }

  private static Instant instant(Timestamp at) {
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }

  @Override
  public void close() {
    connection.close();
  }
}

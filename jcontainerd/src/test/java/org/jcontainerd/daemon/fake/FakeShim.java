package org.jcontainerd.daemon.fake;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jcontainerd.api.containerd.task.v3.CreateTaskRequest;
import org.jcontainerd.api.containerd.task.v3.ExecProcessRequest;
import org.jcontainerd.api.shim.v1.ExecSyncResponse;
import org.jcontainerd.api.shim.v1.TaskInfo;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.shim.ShimFailure;
import org.jcontainerd.daemon.shim.TaskExit;

/** A shim whose tasks are entries of a map. Thread-safe. */
public final class FakeShim implements Shim {
  /** One task; a process that ignores SIGTERM if {@code stubborn}. */
  public static final class Task {
    public final CreateTaskRequest request;
    final long pid;
    final CompletableFuture<TaskExit> exit = new CompletableFuture<>();

    Task(CreateTaskRequest request, long pid) {
      this.request = request;
      this.pid = pid;
    }
  }

  public final ConcurrentHashMap<String, Task> tasks = new ConcurrentHashMap<>();
  public volatile boolean stubborn;
  public volatile ExecSyncResponse execAnswer = ExecSyncResponse.getDefaultInstance();
  private final Failpoints failpoints;
  private final AtomicLong nextPid = new AtomicLong(1000);

  public FakeShim(Failpoints failpoints) {
    this.failpoints = failpoints;
  }

  /** The process of a task ends by itself. */
  public void end(String id, int code) {
    require(tasks.get(id)).exit.complete(new TaskExit(code, Instant.ofEpochSecond(5000)));
  }

  private static Task require(@org.jspecify.annotations.Nullable Task task) {
    if (task == null) {
      throw new IllegalStateException("no such task");
    }
    return task;
  }

  @Override
  public long create(CreateTaskRequest request) throws ShimFailure {
    at("shim.create");
    var task = new Task(request, nextPid.incrementAndGet());
    if (tasks.putIfAbsent(request.getId(), task) != null) {
      throw new ShimFailure.AlreadyExists("create: exists", new IOException("exists"));
    }
    return task.pid;
  }

  @Override
  public void kill(String id, String execId, int signal, boolean all) throws ShimFailure {
    at("shim.kill " + signal);
    Task task = find(id);
    if (task.exit.isDone()) {
      throw new ShimFailure.NotFound("kill: process already finished", new IOException("gone"));
    }
    if (signal == 9 || !stubborn) {
      task.exit.complete(new TaskExit(128 + signal, Instant.ofEpochSecond(5000)));
    }
  }

  @Override
  public TaskExit await(String id, String execId) throws ShimFailure {
    return find(id).exit.join();
  }

  @Override
  public Optional<TaskExit> delete(String id, String execId) throws ShimFailure {
    at("shim.delete");
    Task task = tasks.get(id);
    if (task == null) {
      return Optional.empty();
    }
    if (!task.exit.isDone()) {
      throw new ShimFailure.FailedPrecondition("delete: still runs", new IOException("runs"));
    }
    tasks.remove(id);
    return Optional.of(task.exit.join());
  }

  @Override
  public ExecSyncResponse execSync(String id, byte[] process, Optional<Duration> timeout)
      throws ShimFailure {
    at("shim.execSync");
    return execAnswer;
  }

  @Override
  public List<TaskInfo> tasks() throws ShimFailure {
    at("shim.tasks");
    return tasks.values().stream()
        .map(t ->
            TaskInfo.newBuilder()
                .setId(t.request.getId())
                .setPid((int) t.pid)
                .setStatus(t.exit.isDone() ? 3 : 2)
                .build())
        .toList();
  }

  @Override
  public void exec(ExecProcessRequest request) throws ShimFailure {
    throw new UnsupportedOperationException("exec");
  }

  @Override
  public long start(String id, String execId) throws ShimFailure {
    throw new UnsupportedOperationException("start");
  }

  @Override
  public void resize(String id, String execId, int columns, int rows) {
    throw new UnsupportedOperationException("resize");
  }

  @Override
  public void reopenLog(String id) throws ShimFailure {
    at("shim.reopenLog");
  }

  @Override
  public void update(String id, byte[] resources) throws ShimFailure {
    at("shim.update");
  }

  @Override
  public Path streamSocket() {
    throw new UnsupportedOperationException("streamSocket");
  }

  @Override
  public Optional<ShimFailure> health() {
    return Optional.empty();
  }

  private Task find(String id) throws ShimFailure {
    Task task = tasks.get(id);
    if (task == null) {
      throw new ShimFailure.NotFound("task '" + id + "'", new IOException("not found"));
    }
    return task;
  }

  private void at(String point) throws ShimFailure {
    try {
      failpoints.at(point);
    } catch (IOException e) {
      throw new ShimFailure.Refused(point + ": " + e.getMessage(), e);
    }
  }
}

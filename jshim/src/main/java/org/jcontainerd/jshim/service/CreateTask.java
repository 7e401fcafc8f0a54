package org.jcontainerd.jshim.service;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jcontainerd.api.containerd.events.TaskCreate;
import org.jcontainerd.api.containerd.events.TaskIO;
import org.jcontainerd.api.containerd.runc.options.Options;
import org.jcontainerd.api.containerd.task.v3.CreateTaskRequest;
import org.jcontainerd.api.containerd.task.v3.CreateTaskResponse;
import org.jcontainerd.api.shim.v1.CriIo;
import org.jcontainerd.api.shim.v1.TaskOptions;
import org.jcontainerd.jrunc.CreateRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jshim.stdio.ClientStreams;
import org.jcontainerd.jshim.stdio.IoPlan;
import org.jcontainerd.jshim.task.Bundle;
import org.jcontainerd.jshim.task.ContainerRuntime;
import org.jcontainerd.jshim.task.RootfsMounts;
import org.jcontainerd.jshim.task.RootfsMounts.RootfsMount;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.jshim.task.StdioFields;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.jshim.task.TaskId;
import org.jcontainerd.jshim.task.TaskProcess;
import org.jcontainerd.jshim.task.TaskRecord;
import org.jcontainerd.jshim.task.TaskState;
import org.jcontainerd.jshim.task.Undo;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Create: mounts the root, prepares the container, connects its streams. */
final class CreateTask implements Handler<CreateTaskRequest, CreateTaskResponse> {
  private final ShimParts shim;
  private final StartProcess start;
  private final Set<TaskId> creating = ConcurrentHashMap.newKeySet();

  CreateTask(ShimParts shim, StartProcess start) {
    this.shim = shim;
    this.start = start;
  }

  @Override
  public CreateTaskResponse handle(CreateTaskRequest request, Call call) throws Exception {
    var id = TaskId.of(shim.namespaceOf(call), request.getId());
    if (!request.getCheckpoint().isEmpty()) {
      throw new ShimFailure.Unimplemented("restore from a checkpoint is not implemented");
    }
    if (!creating.add(id)) {
      throw new ShimFailure.AlreadyExists("task '" + id.id() + "' is being created");
    }
    try {
      var task = create(id, request);
      if (task.record().startedByCreate()) {
        start.init(task);
      }
      return CreateTaskResponse.newBuilder().setPid(task.init().state().pid()).build();
    } finally {
      creating.remove(id);
    }
  }

  private Task create(TaskId id, CreateTaskRequest request) throws Exception {
    var bundle = bundle(request);
    var record = record(id, request);
    var plan = IoPlans.of(record);
    var runtime = shim.runtimes().at(Path.of(record.runtimeRoot()));
    var undo = new Undo();
    try {
      requireNew(id);
      writeRecord(bundle, record, undo);
      mountRootfs(bundle, request, undo);
      var started = prepare(id, bundle, runtime, stdio(plan, request.getTerminal()), undo);
      var task = task(id, bundle, runtime, record, started);
      connect(task, plan, started, undo);
      shim.tasks().add(task);
      shim.exits().track(task, "", task.init(), started.keeper().orElseThrow());
      publish(task, request);
      return task;
    } catch (Exception e) {
      undo.because(e);
      throw e;
    }
  }

  private void requireNew(TaskId id) throws ShimFailure {
    if (shim.tasks().in(id.namespace()).stream().anyMatch(task -> task.id().equals(id))) {
      throw new ShimFailure.AlreadyExists("task '" + id.id() + "' exists already");
    }
  }

  private static Bundle bundle(CreateTaskRequest request) throws ShimFailure {
    var directory = Path.of(request.getBundle());
    if (!directory.isAbsolute() || !Files.isDirectory(directory)) {
      throw new ShimFailure.InvalidArgument("bundle '" + directory + "' is no absolute directory");
    }
    return new Bundle(directory);
  }

  private TaskRecord record(TaskId id, CreateTaskRequest request) throws ShimFailure {
    var options = options(request);
    return new TaskRecord(
        TaskRecord.VERSION,
        id.namespace(),
        id.id(),
        runtimeRoot(id, request, options),
        request.getRootfsCount() > 0,
        options.map(TaskOptions::getStart).orElse(false),
        new StdioFields(
            request.getStdin(), request.getStdout(), request.getStderr(), request.getTerminal()),
        options.filter(TaskOptions::hasCriIo).map(TaskOptions::getCriIo).map(CreateTask::cri));
  }

  private static TaskRecord.Cri cri(CriIo io) {
    return new TaskRecord.Cri(
        io.getLogPath(), io.getMaxLineBytes(), io.getStdin(), io.getStdinOnce());
  }

  /** containerd gives a root for all namespaces and expects one directory for each below it. */
  private String runtimeRoot(TaskId id, CreateTaskRequest request, Optional<TaskOptions> ours)
      throws ShimFailure {
    var wanted = ours.map(TaskOptions::getRuntimeRoot).orElse("");
    if (!wanted.isEmpty()) {
      return wanted;
    }
    var runc = unpack(request.getOptions(), "containerd.runc.v1.Options", Options.parser());
    var root = runc.map(Options::getRoot).orElse("");
    var base = root.isEmpty() ? shim.state().resolve("jrunc") : Path.of(root);
    return base.resolve(id.namespace()).toString();
  }

  private static Optional<TaskOptions> options(CreateTaskRequest request) throws ShimFailure {
    return unpack(request.getOptions(), "jcontainerd.shim.v1.TaskOptions", TaskOptions.parser());
  }

  private static <T> Optional<T> unpack(Any any, String name, com.google.protobuf.Parser<T> parser)
      throws ShimFailure {
    if (!Wire.is(any, name)) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.parseFrom(any.getValue()));
    } catch (InvalidProtocolBufferException e) {
      throw new ShimFailure.InvalidArgument("options: " + e.getMessage());
    }
  }

  private static void writeRecord(Bundle bundle, TaskRecord record, Undo undo) throws IOException {
    undo.push(bundle::removeRecords);
    bundle.write(record);
  }

  private static void mountRootfs(Bundle bundle, CreateTaskRequest request, Undo undo)
      throws IOException {
    if (request.getRootfsCount() == 0) {
      return;
    }
    undo.push(() -> RootfsMounts.unmount(bundle.rootfs()));
    var mounts =
        request.getRootfsList().stream()
            .map(m -> new RootfsMount(m.getType(), m.getSource(), m.getOptionsList()))
            .toList();
    RootfsMounts.mount(mounts, bundle.rootfs());
  }

  private static Stdio stdio(IoPlan plan, boolean terminal) {
    return terminal
        ? new Stdio.KeeperTerminal(Optional.empty())
        : new Stdio.KeeperPipes(plan.wantsStdin(), plan.wantsStdout(), plan.wantsStderr());
  }

  private static StartedProcess prepare(
      TaskId id, Bundle bundle, ContainerRuntime runtime, Stdio stdio, Undo undo)
      throws RuncFailure {
    var started =
        runtime.create(CreateRequest.kept(id.id(), bundle.directory(), Optional.empty(), stdio));
    undo.push(() -> runtime.delete(id.id(), true));
    started.keeper().ifPresent(keeper -> undo.push(keeper::close));
    return started;
  }

  private Task task(
      TaskId id, Bundle bundle, ContainerRuntime runtime, TaskRecord record, StartedProcess started)
      throws IOException {
    var fixed =
        new Task.Fixed(
            id,
            bundle,
            runtime,
            shim.loops().next(),
            record,
            TaskCgroup.of(shim.cgroups(), started.pid()));
    return new Task(fixed, new TaskProcess(new TaskState.Created(started.pid()), record.stdio()));
  }

  private void connect(Task task, IoPlan plan, StartedProcess started, Undo undo)
      throws IOException {
    var io = start.connect(task, plan, started, new ClientStreams(), task.init());
    undo.push(io::close);
  }

  private void publish(Task task, CreateTaskRequest request) {
    var stdio = task.init().stdio();
    shim.events()
        .publish(
            task.id().namespace(),
            "/tasks/create",
            TaskCreate.newBuilder()
                .setContainerId(task.id().id())
                .setBundle(request.getBundle())
                .addAllRootfs(request.getRootfsList())
                .setIo(
                    TaskIO.newBuilder()
                        .setStdin(stdio.stdin())
                        .setStdout(stdio.stdout())
                        .setStderr(stdio.stderr())
                        .setTerminal(stdio.terminal()))
                .setPid(task.init().state().pid())
                .build());
    shim.log()
        .info(
            "task created",
            Map.of("namespace", task.id().namespace(), "container", task.id().id()));
  }
}

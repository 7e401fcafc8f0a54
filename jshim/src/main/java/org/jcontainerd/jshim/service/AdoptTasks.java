package org.jcontainerd.jshim.service;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jrunc.keeper.ExitRecord;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.jrunc.keeper.KeeperStatus;
import org.jcontainerd.jrunc.launch.ProcessIdentity;
import org.jcontainerd.jshim.stdio.ClientStreams;
import org.jcontainerd.jshim.stdio.IoLoop;
import org.jcontainerd.jshim.stdio.IoPlan;
import org.jcontainerd.jshim.task.Bundle;
import org.jcontainerd.jshim.task.Exec;
import org.jcontainerd.jshim.task.ExecRecord;
import org.jcontainerd.jshim.task.Exit;
import org.jcontainerd.jshim.task.RootfsMounts;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.jshim.task.TaskId;
import org.jcontainerd.jshim.task.TaskProcess;
import org.jcontainerd.jshim.task.TaskRecord;
import org.jcontainerd.jshim.task.TaskState;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.process.ProcessStat;

/**
 * Takes over what an earlier shim left: connects the keeper of every process, goes on with its
 * streams, and learns the exits that happened meanwhile. One broken bundle does not keep the others
 * from being adopted. Runs before the shim serves.
 */
public final class AdoptTasks {
  /** What becomes of the output of an exec whose stream clients went away with the former shim. */
  private static final IoPlan DROPPED = new IoPlan.Logged(Optional.empty(), 1, false, false);

  private static final Duration KILL = Duration.ofSeconds(5);

  private final ShimParts shim;
  private final StartProcess start;

  public AdoptTasks(ShimParts shim) {
    this.shim = shim;
    this.start = new StartProcess(shim);
  }

  /** A keeper's directory as it was found. */
  private sealed interface Found {}

  /** The keeper lives. */
  private record Kept(KeeperClient keeper, KeeperStatus status) implements Found {}

  /** No keeper, but the exit is on record. */
  private record Ended(int pid, Exit exit) implements Found {}

  /** The keeper was killed and the process lives on. */
  private record Orphaned(ProcessIdentity process) implements Found {}

  /** The process never was, or the shim died while it made it. */
  private record Nothing() implements Found {}

  /** Adopts all bundles below {@code tasks}. */
  public void run(Path tasks) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(tasks)) {
      for (var entry : entries) {
        adopt(new Bundle(entry));
      }
    } catch (NoSuchFileException e) {
      // the first shim of this machine's life
    }
  }

  private void adopt(Bundle bundle) {
    try {
      var record = bundle.record();
      if (record.isPresent()) {
        adopt(bundle, record.get());
      }
    } catch (IOException | ShimFailure | RuncFailure | RuntimeException e) {
      shim.log().error("adopt bundle '" + bundle.directory() + "'", e);
    }
  }

  private void adopt(Bundle bundle, TaskRecord record)
      throws IOException, ShimFailure, RuncFailure {
    var found = find(bundle.init());
    if (found instanceof Nothing) {
      cleanUp(bundle, record);
      return;
    }
    var id = TaskId.of(record.namespace(), record.id());
    var runtime = shim.runtimes().at(Path.of(record.runtimeRoot()));
    int pid = pid(found);
    var fixed = new Task.Fixed(id, bundle, runtime, loop(), record, cgroup(found));
    var task = new Task(fixed, new TaskProcess(state(found), record.stdio()));
    connect(task, "", task.init(), IoPlans.of(record), found);
    if (task.init().state() instanceof TaskState.Running && runtime.isPaused(id.id())) {
      markPaused(task.init(), pid);
    }
    adoptExecs(task);
    shim.tasks().add(task);
    shim.log().info("task adopted", Map.of("namespace", id.namespace(), "container", id.id()));
  }

  private IoLoop loop() {
    return shim.loops().next();
  }

  private static void markPaused(TaskProcess process, int pid) {
    process.restore(new TaskState.Paused(pid, Instant.now()));
  }

  private Found find(Path directory) throws IOException {
    try {
      var keeper = KeeperClient.connect(directory, shim.waiter());
      return new Kept(keeper, keeper.status());
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT, Errno.ECONNREFUSED)) {
        throw e;
      }
      return withoutKeeper(directory);
    }
  }

  private static Found withoutKeeper(Path directory) throws IOException {
    var process = identity(directory.resolve("pid"));
    if (process.isEmpty()) {
      return new Nothing();
    }
    var exit = ExitRecord.read(directory);
    if (exit.isPresent()) {
      return new Ended(
          process.get().pid(), new Exit(exit.get().status().shellCode(), exit.get().at(), false));
    }
    boolean lives =
        ProcessStat.startTicks(process.get().pid())
            .equals(OptionalLong.of(process.get().startTicks()));
    return lives
        ? new Orphaned(process.get())
        : new Ended(process.get().pid(), new Exit(Exit.UNSEEN, Instant.now(), false));
  }

  private static Optional<ProcessIdentity> identity(Path file) throws IOException {
    try {
      var words = Files.readString(file).strip().split(" ");
      return Optional.of(new ProcessIdentity(Integer.parseInt(words[0]), Long.parseLong(words[1])));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static int pid(Found found) {
    return switch (found) {
      case Kept(_, KeeperStatus status) -> status.process().pid();
      case Ended(int pid, _) -> pid;
      case Orphaned(ProcessIdentity process) -> process.pid();
      case Nothing _ -> 0;
    };
  }

  /** An exit becomes known after the streams are connected, so that the last output comes first. */
  private static TaskState state(Found found) {
    return switch (found) {
      case Kept(_, KeeperStatus.Created(ProcessIdentity process)) ->
          new TaskState.Created(process.pid());
      case Kept _, Orphaned _ -> new TaskState.Running(pid(found), Instant.now());
      case Ended(int pid, Exit exit) -> new TaskState.Stopped(pid, exit);
      case Nothing _ -> new TaskState.Created(0);
    };
  }

  private String cgroup(Found found) throws IOException {
    return switch (found) {
      case Kept(_, KeeperStatus.Exited _), Ended _, Nothing _ -> "";
      case Kept _, Orphaned _ -> TaskCgroup.of(shim.cgroups(), pid(found));
    };
  }

  private void connect(Task task, String execId, TaskProcess process, IoPlan plan, Found found)
      throws IOException {
    switch (found) {
      case Kept(KeeperClient keeper, KeeperStatus status) -> {
        var started =
            new StartedProcess(
                status.process().pid(), status.process().startTicks(), Optional.of(keeper));
        var _ = start.connect(task, plan, started, new ClientStreams(), process);
        shim.exits().track(task, execId, process, keeper);
      }
      case Orphaned _ -> shim.exits().trackOrphan(task, execId, process);
      case Ended _, Nothing _ -> {
        // nothing to wait for
      }
    }
  }

  /** What a shim left that died inside Create: the caller has had no answer and tries again. */
  private void cleanUp(Bundle bundle, TaskRecord record) throws IOException, RuncFailure {
    shim.runtimes().at(Path.of(record.runtimeRoot())).delete(record.id(), true);
    if (record.rootfsMounted()) {
      RootfsMounts.unmount(bundle.rootfs());
    }
    bundle.removeRecords();
    shim.log().info("unfinished task removed", Map.of("container", record.id()));
  }

  private void adoptExecs(Task task) throws IOException, ShimFailure {
    for (var execId : task.bundle().execIds()) {
      var record = task.bundle().record(execId);
      if (record.isPresent()) {
        adoptExec(task, record.get());
      } else {
        var _ = Thread.ofVirtual().name("end-exec").start(() -> endExecSync(task, execId));
      }
    }
  }

  private void adoptExec(Task task, ExecRecord record) throws IOException, ShimFailure {
    var found = find(task.bundle().exec(record.id()));
    if (found instanceof Nothing) {
      task.bundle().removeExec(record.id()); // its Start was never answered
      return;
    }
    var asked = IoPlans.exec(record.stdio());
    var plan = asked instanceof IoPlan.Streams ? DROPPED : asked;
    var process = new TaskProcess(state(found), record.stdio());
    task.add(new Exec(record.id(), Optional.empty(), plan, new ClientStreams(), process));
    connect(task, record.id(), process, plan, found);
  }

  /** Nobody waits for the answer of this exec any more. */
  private void endExecSync(Task task, String execId) {
    try {
      var directory = task.bundle().exec(execId);
      if (find(directory) instanceof Kept(KeeperClient keeper, KeeperStatus status)) {
        try (keeper) {
          if (!(status instanceof KeeperStatus.Exited)) {
            var process = status.process();
            var _ = ProcessTree.kill(process.pid(), process.startTicks(), Instant.now().plus(KILL));
            var _ = keeper.exited().orTimeout(KILL.toSeconds(), TimeUnit.SECONDS).join();
          }
          var _ = keeper.retire();
        }
      }
      task.bundle().removeExec(execId);
    } catch (IOException | RuntimeException e) {
      shim.log().error("end exec '" + execId + "' of task '" + task.id().id() + "'", e);
    }
  }
}

package org.jcontainerd.jshim.service;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jcontainerd.api.shim.v1.ExecSyncRequest;
import org.jcontainerd.api.shim.v1.ExecSyncResponse;
import org.jcontainerd.jrunc.ExecRequest;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.jrunc.launch.ProcessExit;
import org.jcontainerd.jshim.stdio.Capture;
import org.jcontainerd.jshim.stdio.ClientStreams;
import org.jcontainerd.jshim.stdio.IoPlan;
import org.jcontainerd.jshim.stdio.ProcessIo;
import org.jcontainerd.jshim.stdio.StreamPlumbing;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.jshim.task.TaskState;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/**
 * Shim.ExecSync: runs a process to its end and answers with its output. When the time is over the
 * process, its descendants and its session are killed. A child that outlives the process and holds
 * its output open delays the answer by {@link #LINGER} at most.
 */
final class ExecSync implements Handler<ExecSyncRequest, ExecSyncResponse> {
  /** Directories of these execs start so; adoption ends what it finds under such a name. */
  static final String PREFIX = "sync-";

  private static final int DEFAULT_OUTPUT_BYTES = 16 << 20;

  /** Both streams at the default limit; see {@link Methods#EXEC_SYNC}. */
  static final int MAX_RESPONSE_BYTES = 2 * DEFAULT_OUTPUT_BYTES + 4096;

  private static final Duration LINGER = Duration.ofMillis(250);
  private static final Duration KILL = Duration.ofSeconds(5);

  private final ShimParts shim;
  private final TaskLookup tasks;
  private final AtomicLong number = new AtomicLong();

  ExecSync(ShimParts shim) {
    this.shim = shim;
    this.tasks = new TaskLookup(shim);
  }

  @Override
  public ExecSyncResponse handle(ExecSyncRequest request, Call call) throws Exception {
    var task = tasks.find(call, request.getId());
    var state = task.init().state();
    if (!(state instanceof TaskState.Running)) {
      throw new ShimFailure.FailedPrecondition(
          "task '" + task.id().id() + "' is " + state.word() + ", not running");
    }
    var process = OciJson.read(request.getProcess().toByteArray(), ProcessSpec.class);
    var id = PREFIX + ProcessHandle.current().pid() + "-" + number.incrementAndGet();
    int wanted = request.getMaxOutputBytes();
    int limit = wanted <= 0 ? DEFAULT_OUTPUT_BYTES : Math.min(wanted, DEFAULT_OUTPUT_BYTES);
    var left = new ArrayDeque<Ending>();
    left.push(() -> task.bundle().removeExec(id));
    try {
      var started =
          task.runtime()
              .exec(
                  ExecRequest.kept(
                      task.id().id(), process, new Stdio.KeeperPipes(false, true, true), id));
      return collect(task, started, limit, Duration.ofNanos(request.getTimeoutNanos()), left);
    } finally {
      // Who waits for the answer need not wait for this; a Delete removes the directory too.
      var _ = Thread.ofVirtual().name("end of " + id).start(() -> end(id, left));
    }
  }

  /** Something of an exec that is to be closed or removed when it is over. */
  private interface Ending {
    void run() throws IOException;
  }

  private void end(String id, Deque<Ending> left) {
    for (var ending : left) {
      try {
        ending.run();
      } catch (IOException | RuntimeException e) {
        shim.log().error("end exec '" + id + "'", e);
      }
    }
  }

  private ExecSyncResponse collect(
      Task task, StartedProcess started, int limit, Duration timeout, Deque<Ending> left)
      throws Exception {
    var stdout = new Capture(limit);
    var stderr = new Capture(limit);
    var keeper = started.keeper().orElseThrow();
    left.push(keeper::close);
    var io = connect(task, keeper, new IoPlan.Collected(stdout, stderr));
    left.push(io::close);
    var exit = await(keeper, timeout);
    boolean timedOut = exit.isEmpty();
    if (timedOut) {
      exit = Optional.of(kill(started, keeper));
    }
    drain(io);
    keeper.dismiss();
    return answer(stdout.bytes(), stderr.bytes(), exit.get(), timedOut);
  }

  private ProcessIo connect(Task task, KeeperClient keeper, IoPlan plan) throws IOException {
    var job = new StreamPlumbing.Job(plan, keeper.descriptors(), new ClientStreams(), () -> {});
    return shim.plumbing().open(task.loop(), job);
  }

  /** The exit; empty if the time is over before. */
  private static Optional<ProcessExit> await(KeeperClient keeper, Duration timeout)
      throws IOException, InterruptedException {
    try {
      return Optional.of(
          timeout.isZero()
              ? keeper.exited().get()
              : keeper.exited().get(timeout.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IOException("wait for exec", e);
    }
  }

  private static ProcessExit kill(StartedProcess started, KeeperClient keeper)
      throws IOException, InterruptedException {
    boolean gone = ProcessTree.kill(started.pid(), started.startTicks(), Instant.now().plus(KILL));
    var exit = await(keeper, KILL);
    if (!gone || exit.isEmpty()) {
      throw new IOException("exec process " + started.pid() + " survives SIGKILL");
    }
    return exit.get();
  }

  private static void drain(ProcessIo io) throws IOException, InterruptedException {
    try {
      var _ = io.settle().get(LINGER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // somebody else holds the pipe: what the process itself wrote is here
    } catch (ExecutionException e) {
      throw new IOException("output of exec", e);
    }
  }

  private static ExecSyncResponse answer(
      ByteString stdout, ByteString stderr, ProcessExit exit, boolean timedOut) {
    return ExecSyncResponse.newBuilder()
        .setStdout(stdout)
        .setStderr(stderr)
        .setExitCode(exit.status().shellCode())
        .setTimedOut(timedOut)
        .build();
  }
}

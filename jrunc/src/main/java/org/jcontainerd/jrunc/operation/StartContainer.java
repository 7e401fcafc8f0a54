package org.jcontainerd.jrunc.operation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jcontainerd.jrunc.ContainerStatus;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.jrunc.launch.LaunchListener;
import org.jcontainerd.jrunc.launch.MessageReader;
import org.jcontainerd.jrunc.launch.PlanFailedException;
import org.jcontainerd.jrunc.state.ContainerFiles;
import org.jcontainerd.jrunc.state.ContainerState;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.oci.runtime.Hooks;

/** Lets a created container run its program; returns when it does. */
public final class StartContainer {
  private static final long PAUSE_NANOS = 100_000;

  private final RuntimeContext context;
  private final String id;

  public StartContainer(RuntimeContext context, String id) {
    this.context = context;
    this.id = id;
  }

  public void run() throws RuncFailure {
    try {
      start();
    } catch (IOException e) {
      throw LaunchFailure.of("start container '" + id + "'", e);
    }
  }

  private void start() throws IOException, RuncFailure {
    RuntimeContext.Known container = context.find(id);
    ContainerState state = container.state();
    ContainerFiles files = context.files(id);
    switch (ContainerInfos.status(context, state, files)) {
      case CREATED -> {}
      case RUNNING, PAUSED ->
          throw new RuncFailure.FailedPrecondition("cannot start an already running container");
      case STOPPED ->
          throw new RuncFailure.FailedPrecondition("cannot start a container that has stopped");
      case CREATING ->
          throw new RuncFailure.FailedPrecondition(
              "cannot start a container that is being created");
    }
    Hooks hooks = container.hooks();
    HookRunner runner = container.hookRunner(context);
    try {
      runner.inContainer(
          "startContainer", hooks.startContainer(), ContainerStatus.CREATED, state.pid());
      release(state, files);
      context.stage("let the program run");
      files.markStarted();
      runner.onHost("poststart", hooks.poststart(), ContainerStatus.RUNNING, state.pid());
    } catch (RuncFailure e) {
      // config.md, "Lifecycle": a failing hook ends the container.
      ContainerProcess.end(state.pid(), state.startTicks());
      throw e;
    }
  }

  private void release(ContainerState state, ContainerFiles files) throws IOException {
    if (state.keeper()) {
      Path directory = Path.of(state.bundle()).resolve("init");
      try (KeeperClient keeper =
          context.waiter().isPresent()
              ? KeeperClient.connect(directory, context.waiter().get())
              : KeeperClient.connect(directory)) {
        keeper.start(LaunchListener.NONE);
      }
    } else {
      try (Fd fifo = files.openFifo()) {
        meet(state, fifo);
      }
    }
  }

  /**
   * Reads what the process writes into the fifo: "0" when it is let go, then nothing if its program
   * runs, or why not. Until it has opened its end, a read finds the end as well, so the first byte
   * is awaited.
   */
  private static void meet(ContainerState state, Fd fifo) throws IOException {
    var buffer = ByteBuffer.allocate(512);
    while (fifo.read(buffer.clear()) <= 0) {
      if (ContainerProcess.isAlive(state.pid(), state.startTicks())) {
        LockSupport.parkNanos(PAUSE_NANOS);
      } else if (fifo.read(buffer.clear()) > 0) {
        break; // it ran and ended since the first read
      } else {
        throw new IOException("the process has ended before its program ran");
      }
    }
    var said = new ByteArrayOutputStream();
    said.write(buffer.array(), 0, buffer.position());
    fifo.setNonBlocking(false);
    while (fifo.read(buffer.clear()) > 0) {
      said.write(buffer.array(), 0, buffer.position());
    }
    byte[] all = said.toByteArray();
    if (all.length > 1) {
      throw new PlanFailedException(
          MessageReader.failure(ByteBuffer.wrap(Arrays.copyOfRange(all, 1, all.length))));
    }
  }
}

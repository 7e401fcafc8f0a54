package org.jcontainerd.jshim.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.process.Spawn;
import org.jcontainerd.ttrpc.TtrpcClient;

/**
 * The verb {@code start}: finds the running shim, or starts one that is detached from us (session,
 * directory, descriptors) and waits until it serves.
 */
public final class StartShim {
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final int READY_FD = 3;

  private final ShimPaths paths;
  private final String mainClass;

  /**
   * @param mainClass the program's main class, as it stands on our own command line
   */
  public StartShim(ShimPaths paths, String mainClass) {
    this.paths = paths;
    this.mainClass = mainClass;
  }

  /** The address of a shim that serves. */
  public String run() throws IOException {
    if (!TtrpcClient.isServed(paths.socket())) {
      spawn();
      awaitServing();
    }
    return "unix://" + paths.socket();
  }

  /** Returns when the new shim is ready or has ended, as it does if another one was faster. */
  private void spawn() throws IOException {
    var _ = Files.createDirectories(paths.state());
    try (var ready = Pipe.create();
        var child =
            Spawn.program(Path.of("/proc/self/exe").toRealPath())
                .arguments(command())
                .descriptor(READY_FD, ready.writeEnd())
                .startDetached(paths.log())) {
      ready.writeEnd().close();
      // A byte, or the end: both mean that the child has decided. It is reaped by whoever
      // inherits it.
      int _ = ready.readEnd().read(ByteBuffer.allocate(1));
      var _ = child.poll();
    }
  }

  /** Our own command line up to the main class, with the same JVM flags, and the verb serve. */
  private List<String> command() throws IOException {
    var own =
        Arrays.asList(
            Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8).split("\0"));
    int main = own.indexOf(mainClass);
    if (main < 0) {
      throw new IOException("start shim: '" + mainClass + "' is not on our command line");
    }
    var command = new ArrayList<>(own.subList(0, main + 1));
    command.addAll(
        List.of(
            "-state",
            paths.state().toString(),
            "-namespace",
            paths.namespace(),
            "-address",
            paths.address(),
            "serve"));
    return command;
  }

  private void awaitServing() throws IOException {
    var deadline = Instant.now().plus(LIMIT);
    while (!TtrpcClient.isServed(paths.socket())) {
      if (Instant.now().isAfter(deadline)) {
        throw new IOException(
            "start shim: nobody serves '"
                + paths.socket()
                + "' after "
                + LIMIT
                + ", see '"
                + paths.log()
                + "'");
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  /** Tells the starter, in the shim that it started, that the shim serves. */
  public static void tellReady() throws IOException {
    if (!Files.exists(Path.of("/proc/self/fd/" + READY_FD))) {
      return; // started by hand
    }
    try (var ready = Fd.adopt(READY_FD, "ready pipe")) {
      ready.writeFully(ByteBuffer.wrap(new byte[] {1}));
    }
  }
}

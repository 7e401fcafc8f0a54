package org.jcontainerd.daemon.shim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;

/**
 * Asks the shim's program for the socket of a running shim (shim v2, {@code start}): it starts one
 * if none answers. Once at the daemon's start and once after a shim's death, never for a pod.
 *
 * @param program absolute
 * @param address the daemon's socket, part of the shim's identity
 * @param state the directory below which the shim puts its sockets and bundles
 */
record ShimLauncher(Path program, String namespace, Path address, Path state, Duration timeout)
    implements ShimConnection.Launcher {
  private static final int LONGEST_ANSWER = 4096;
  private static final int STDERR = 2;

  @Override
  public Path launch() throws IOException, InterruptedException {
    try (Pipe input = Pipe.create();
        Pipe output = Pipe.create()) {
      PidFd child =
          command()
              .descriptor(0, input.readEnd())
              .descriptor(1, output.writeEnd())
              .descriptor(STDERR, Fd.adopt(STDERR, "stderr"))
              .start();
      try (child) {
        input.readEnd().close();
        input.writeEnd().close();
        output.writeEnd().close();
        return await(child, output.readEnd());
      }
    }
  }

  private Spawn command() {
    var environment = new HashMap<>(System.getenv());
    environment.put("JSHIM_STATE", state.toString());
    return Spawn.program(program)
        .environment(environment)
        .arguments(
            List.of(
                program.toString(),
                "-namespace",
                namespace,
                "-address",
                address.toString(),
                "-id",
                "jcontainerd",
                "start"));
  }

  /** The answer ends with the program: the shim itself must not hold our pipe. */
  private Path await(PidFd child, Fd output) throws IOException, InterruptedException {
    var answer = new CompletableFuture<Path>();
    // read(2) and waitid(2) block: a platform thread of their own
    Thread reader =
        Thread.ofPlatform()
            .daemon()
            .name("start shim")
            .start(() -> {
              try {
                answer.complete(answer(child, output));
              } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
              }
            });
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      var _ = child.send(Signal.SIGKILL);
      throw new IOException("start shim '" + program + "': no answer in " + timeout, e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      reader.join(); // the descriptors are closed after this
    }
  }

  private Path answer(PidFd child, Fd output) throws IOException {
    var bytes = ByteBuffer.allocate(LONGEST_ANSWER);
    while (bytes.hasRemaining() && output.read(bytes) > 0) {
      // until the end of file
    }
    var status = child.waitFor();
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    if (status.shellCode() != 0 || text.isEmpty()) {
      throw new IOException(
          "start shim '" + program + "': ended with " + status + ", its messages are above");
    }
    return Path.of(text.startsWith("unix://") ? text.substring("unix://".length()) : text);
  }
}

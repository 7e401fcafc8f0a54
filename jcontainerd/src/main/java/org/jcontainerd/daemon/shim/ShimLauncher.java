package org.jcontainerd.daemon.shim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;
import org.jcontainerd.ttrpc.TtrpcClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the socket of the running shim, and starts a shim where none answers: detached, so that it
 * outlives us, and without the verb {@code start} of shim v2, which would cost one more JVM. Once
 * at the daemon's start and once after a shim's death, never for a pod.
 *
 * @param program absolute
 * @param address the daemon's socket, part of the shim's identity
 * @param state the directory below which the shim puts its sockets and bundles
 */
record ShimLauncher(Path program, String namespace, Path address, Path state, Duration timeout)
    implements ShimConnection.Launcher {
  private static final Logger logger = LoggerFactory.getLogger(ShimLauncher.class);
  private static final int READY_FD = 3;
  private static final int HASH_DIGITS = 16;

  @Override
  public Path launch() throws IOException, InterruptedException {
    Path socket = socket();
    if (!TtrpcClient.isServed(socket)) {
      start();
    }
    return socket;
  }

  /** By docs/contracts.md, "Shim". */
  private Path socket() {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256")
              .digest((address + "\0" + namespace).getBytes(StandardCharsets.UTF_8));
      String hash = HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
      return state.resolve("s").resolve("jshim-" + hash + ".sock");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Returns when the shim serves, or has found that another one does. */
  private void start() throws IOException, InterruptedException {
    var serves = new CompletableFuture<Void>();
    // recvmsg(2) and waitid(2) block: a platform thread of their own, which reaps the shim
    var _ = Thread.ofPlatform().daemon().name("shim").start(() -> follow(serves));
    try {
      var _ = serves.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  private void follow(CompletableFuture<Void> serves) {
    try (var ready = UnixSocket.pair(SocketType.STREAM);
        PidFd shim = spawn(ready.second())) {
      ready.second().close();
      boolean stays = awaitReady(ready.first(), shim);
      var _ = serves.complete(null);
      if (stays) {
        logger.atInfo().addKeyValue("status", shim.waitFor()).log("shim ended");
      }
    } catch (IOException | RuntimeException e) {
      if (!serves.completeExceptionally(e)) {
        logger.atWarn().setCause(e).log("shim not followed any more");
      }
    } finally { // an Error goes on to the thread's handler
      var _ =
          serves.completeExceptionally(
              new IOException("start shim '" + program + "': not followed any more"));
    }
  }

  private PidFd spawn(UnixSocket ready) throws LinuxException {
    return Spawn.program(program)
        .arguments(
            List.of(
                program.toString(),
                "-state",
                state.toString(),
                "-namespace",
                namespace,
                "-address",
                address.toString(),
                "serve"))
        .descriptor(READY_FD, ready.fd())
        .startDetached(log());
  }

  private Path log() {
    return state.resolve("jshim.log");
  }

  /**
   * A byte tells that the shim serves; the end alone, that it ends.
   *
   * @return false if it has ended, because another one serves already
   */
  private boolean awaitReady(UnixSocket ready, PidFd shim) throws IOException {
    ready.receiveTimeout(timeout);
    try {
      if (ready.receive(1).isPresent()) {
        return true;
      }
    } catch (LinuxException e) {
      if (!e.is(Errno.EAGAIN)) {
        throw e;
      }
      var _ = shim.send(Signal.SIGKILL);
      var _ = shim.waitFor();
      throw new IOException("start shim '" + program + "': not ready in " + timeout, e);
    }
    var status = shim.waitFor();
    if (status.shellCode() != 0) {
      throw new IOException(
          "start shim '" + program + "': ended with " + status + ", see '" + log() + "'");
    }
    return false;
  }
}

package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.socket.Received;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Spec;

/**
 * Stands between a container and the service manager that this program was started by (sd_notify(3)
 * and {@code Type=notify}): the container cannot reach {@code NOTIFY_SOCKET} of the host, so it
 * gets a socket of its own, and what it says about being ready is passed on with the pid to watch.
 */
final class NotifySocket implements AutoCloseable {
  private static final String VARIABLE = "NOTIFY_SOCKET";
  private static final String IN_CONTAINER = "/run/notify";
  private static final String NAME = "notify.sock";
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final long BARRIER_SECONDS = 30;

  private final UnixSocket container;
  private final String host;

  private NotifySocket(UnixSocket container, String host) {
    this.container = container;
    this.host = host;
  }

  static boolean isWanted(Map<String, String> environment) {
    return !environment.getOrDefault(VARIABLE, "").isEmpty();
  }

  /** The configuration with the socket's directory mounted, and the variable that names it. */
  static Spec announce(Spec spec, Path directory) {
    var mounts = new ArrayList<>(spec.mounts());
    mounts.add(
        Mount.of(
            IN_CONTAINER, "", directory.toString(), "bind", "nosuid", "noexec", "nodev", "ro"));
    var announced = spec.toBuilder().mounts(mounts);
    if (spec.process().isPresent()) {
      var env = new ArrayList<>(spec.process().get().env());
      env.add(VARIABLE + "=" + IN_CONTAINER + "/" + NAME);
      announced.process(spec.process().get().toBuilder().env(env).build());
    }
    return announced.build();
  }

  /**
   * Makes the socket that the container sees. Goes before the start of its program.
   *
   * @param directory that was announced; without it the container was created for no service
   */
  static Optional<NotifySocket> bind(Map<String, String> environment, Path directory)
      throws LinuxException {
    if (!isWanted(environment)) {
      return Optional.empty();
    }
    String host = environment.getOrDefault(VARIABLE, "");
    try {
      UnixSocket socket = UnixSocket.bind(directory.resolve(NAME), 0777);
      return Optional.of(new NotifySocket(socket, host));
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Waits until the container says that it is ready, and tells the service manager; or until the
   * process ends.
   *
   * @param process whose end is watched for
   * @param mainPid what the service manager is to watch from then on
   */
  void forward(PidFd process, int mainPid) throws IOException {
    container.receiveTimeout(LOOK_AGAIN);
    while (true) {
      Optional<String> ready = next();
      if (ready.isPresent()) {
        tell(ready.get(), mainPid);
        return;
      }
      if (!process.exists()) {
        return;
      }
    }
  }

  /** A line of readiness, if one comes within the time. */
  private Optional<String> next() throws LinuxException {
    Optional<Received.Message> message;
    try {
      message = container.receive(4096);
    } catch (LinuxException e) {
      if (e.is(Errno.EAGAIN, Errno.EMSGSIZE)) { // nothing, or nothing that is a state
        return Optional.empty();
      }
      throw e;
    }
    if (message.isEmpty()) {
      return Optional.empty();
    }
    message.get().fds().forEach(fd -> fd.close());
    return new String(message.get().bytes(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("READY="))
        .findFirst();
  }

  private void tell(String ready, int mainPid) throws IOException {
    try (UnixSocket manager = connect(host)) {
      manager.send(ascii(ready + "\n"));
      manager.send(ascii("MAINPID=" + mainPid + "\n"));
      barrier(manager);
    }
  }

  /** Of sd_notify(3): a path, or an abstract name after an at sign. */
  private static UnixSocket connect(String host) throws LinuxException {
    return host.startsWith("@")
        ? UnixSocket.connectAbstract(SocketType.DATAGRAM, host.substring(1))
        : UnixSocket.connect(SocketType.DATAGRAM, Path.of(host));
  }

  /**
   * Returns when the manager has taken what was sent, sd_notify_barrier(3): it closes the pipe. One
   * that does not know of barriers is not waited for beyond the usual time.
   */
  private static void barrier(UnixSocket manager) throws IOException {
    Pipe pipe = Pipe.create();
    manager.send(ascii("BARRIER=1"), List.of(pipe.writeEnd()));
    pipe.writeEnd().close();
    var closed = new CompletableFuture<Integer>();
    var _ =
        Thread.ofPlatform()
            .daemon(true)
            .name("barrier of the service manager")
            .start(() -> {
              try {
                closed.complete(pipe.readEnd().read(ByteBuffer.allocate(1)));
              } catch (LinuxException e) {
                closed.completeExceptionally(e);
              }
            });
    try {
      var _ = closed.get(BARRIER_SECONDS, TimeUnit.SECONDS);
      pipe.readEnd().close();
    } catch (TimeoutException _) {
      // The reading thread still has the pipe; both end with the program.
    } catch (ExecutionException e) {
      throw new IOException("wait for the service manager: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("wait for the service manager: interrupted", e);
    }
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() {
    container.close();
  }
}

package org.jcontainerd.jrunc.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;
import org.jcontainerd.linux.socket.Received;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;

/**
 * A running {@code criu swrk}: criu as the worker of one request, which comes over descriptor 3.
 * Confined to one thread, which waits in the kernel. Closed, it has ended.
 */
public final class CriuProcess implements AutoCloseable {
  private static final int SOCKET = 3;
  private static final int LARGEST_MESSAGE = 64 << 10;

  private final PidFd process;
  private final UnixSocket socket;
  private boolean reaped;

  private CriuProcess(PidFd process, UnixSocket socket) {
    this.process = process;
    this.socket = socket;
  }

  /**
   * Starts criu.
   *
   * @param program the file, or its name along {@code PATH}
   * @param descriptors by criu's number, 3 excepted; borrowed
   * @throws RuncFailure.NotSupported if there is no such program
   */
  public static CriuProcess start(String program, SortedMap<Integer, Fd> descriptors)
      throws LinuxException, RuncFailure.NotSupported {
    Path file = find(program, System.getenv());
    try (UnixSocket.Pair pair = UnixSocket.pair(SocketType.SEQPACKET)) {
      Spawn spawn =
          Spawn.program(file)
              .arguments(List.of(program, "swrk", Integer.toString(SOCKET)))
              .environment(System.getenv())
              .descriptor(SOCKET, pair.second().fd());
      descriptors.forEach(spawn::descriptor);
      PidFd process = spawn.start();
      return new CriuProcess(process, UnixSocket.adopt(pair.first().fd().duplicate()));
    }
  }

  private static Path find(String program, Map<String, String> environment)
      throws RuncFailure.NotSupported {
    if (program.contains("/")) {
      return Path.of(program);
    }
    Optional<Path> found =
        List.of(environment.getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").split(":"))
            .stream()
            .filter(directory -> directory.startsWith("/"))
            .map(directory -> Path.of(directory, program))
            .filter(Files::isExecutable)
            .findFirst();
    return found.orElseThrow(() ->
        new RuncFailure.NotSupported(
            "checkpoint and restore",
            "no program '" + program + "' along PATH; install criu, or name it with --criu"));
  }

  /** Its number, by which it is put into cgroups before it begins. */
  public int pid() {
    return process.pid();
  }

  /**
   * Has criu do one thing; returns when it is done.
   *
   * @throws IOException with criu's errno and sentence if it cannot
   */
  public void perform(CriuRequest request, CriuOptions options, CriuListener listener)
      throws IOException, RuncFailure {
    socket.send(ByteBuffer.wrap(request.encoded(options)));
    while (true) {
      try (Received.Message message = next(request)) {
        CriuResponse response = CriuResponse.parse(message.bytes());
        if (!response.success()) {
          throw new IOException(refusal(request, response));
        }
        if (response.type() != CriuRequest.NOTIFY) {
          finish(request);
          return;
        }
        listener.reached(response.script(), response.pid(), message.fds());
        socket.send(ByteBuffer.wrap(CriuRequest.acknowledged()));
      }
    }
  }

  /** After its answer criu still cleans up; a pre-dump leaves it waiting for the dump. */
  private void finish(CriuRequest request) throws IOException {
    socket.shutdownOutput();
    ExitStatus status = process.waitFor();
    reaped = true;
    boolean well = status instanceof ExitStatus.Exited(int code) && code == 0;
    if (!well && request != CriuRequest.PRE_DUMP) {
      throw new IOException("criu has done " + request + ", then ended with " + status);
    }
  }

  private Received.Message next(CriuRequest request) throws LinuxException {
    return socket
        .receive(LARGEST_MESSAGE)
        .orElseThrow(
            () -> new LinuxException(Errno.ECONNRESET, "recvmsg", "criu ended in " + request));
  }

  /** criu's own sentence is left out: it is the first line of its log, whatever that says. */
  private static String refusal(CriuRequest request, CriuResponse response) {
    String errno = response.errno() == 0 ? "" : ", " + Errno.describe(response.errno());
    return "criu refuses " + request + errno;
  }

  /**
   * Returns when criu has ended. It does when its socket closes, and takes back what it did to the
   * container's processes first: killed, it would leave its own code in them.
   */
  @Override
  public void close() throws LinuxException {
    socket.close();
    try (process) {
      if (!reaped) {
        var _ = process.waitFor();
      }
    }
  }
}

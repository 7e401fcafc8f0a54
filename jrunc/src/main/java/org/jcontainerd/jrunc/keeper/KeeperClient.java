package org.jcontainerd.jrunc.keeper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jcontainerd.jrunc.launch.HelperConnection;
import org.jcontainerd.jrunc.launch.HelperMessage;
import org.jcontainerd.jrunc.launch.Launch;
import org.jcontainerd.jrunc.launch.LaunchListener;
import org.jcontainerd.jrunc.launch.MessageReader;
import org.jcontainerd.jrunc.launch.PlanFailedException;
import org.jcontainerd.jrunc.launch.ProcessExit;
import org.jcontainerd.jrunc.launch.ProcessIdentity;
import org.jcontainerd.jrunc.launch.StepFailure;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;

/**
 * One connection to a keeper. Thread-safe: requests are made one after the other.
 *
 * <p>A keeper answers at once; one that does not within ten seconds is reported as ETIMEDOUT. Only
 * {@link #start} may take longer, because hooks run in it.
 */
public final class KeeperClient implements AutoCloseable {
  /** The name of the socket in the directory of a process. */
  public static final String SOCKET = "keeper.sock";

  private static final Duration ANSWER_TIME = Duration.ofSeconds(10);

  /** Where struct failure has its errno, after the first byte. */
  private static final int ERRNO = 7;

  private final HelperConnection connection;
  private final ReentrantLock oneRequest = new ReentrantLock();

  private KeeperClient(HelperConnection connection) {
    this.connection = connection;
  }

  /**
   * Connects to the keeper of a process.
   *
   * @param directory of the process
   * @throws LinuxException ENOENT or ECONNREFUSED if there is no keeper (any more)
   */
  public static KeeperClient connect(Path directory, KernelWaiter waiter) throws LinuxException {
    UnixSocket socket = UnixSocket.connect(SocketType.SEQPACKET, directory.resolve(SOCKET));
    try {
      return new KeeperClient(HelperConnection.adopt(socket, waiter));
    } catch (LinuxException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Connects without a waiter: requests wait in the kernel, exits are noticed by requests only. */
  public static KeeperClient connect(Path directory) throws LinuxException {
    return new KeeperClient(
        HelperConnection.adopt(
            UnixSocket.connect(SocketType.SEQPACKET, directory.resolve(SOCKET))));
  }

  /** Goes on with the connection of a launch that has become ready or started. */
  public static KeeperClient of(Launch launch) {
    return new KeeperClient(launch.connection());
  }

  public KeeperStatus status() throws IOException {
    ByteBuffer in = body(ask('S'));
    var process = new ProcessIdentity(in.getInt(3), in.getLong(7));
    return switch (in.get(0)) {
      case 0 -> new KeeperStatus.Created(process);
      case 1 -> new KeeperStatus.Running(process);
      default ->
          new KeeperStatus.Exited(
              process, new ProcessExit(in.getInt(15), ProcessExit.instant(in.getLong(23))));
    };
  }

  /** Duplicates of all descriptors that the keeper holds, owned by the caller. */
  public KeeperDescriptors descriptors() throws IOException {
    var answer = askForDescriptors();
    return KeeperDescriptors.of(body(answer).getInt(3), answer.fds());
  }

  private HelperMessage.Answer askForDescriptors() throws IOException {
    oneRequest.lock();
    try {
      connection.askForDescriptors();
      var early = connection.takeDescriptors();
      if (early.isPresent()) {
        return early.get();
      }
      return await(HelperMessage.DESCRIPTORS, LaunchListener.NONE, Optional.of(ANSWER_TIME));
    } finally {
      oneRequest.unlock();
    }
  }

  /**
   * Lets the process run its program.
   *
   * @param listener runs hooks at their sync points
   * @throws PlanFailedException if a step or the exec failed (the process has ended), or EALREADY,
   *     ESRCH if it did not wait for a start
   */
  public void start(LaunchListener listener) throws IOException {
    oneRequest.lock();
    try {
      connection.send('G');
      var answer = await('G', listener, Optional.empty());
      if (body(answer).getInt(ERRNO) != 0) {
        byte[] body = answer.body();
        var whole = ByteBuffer.allocate(body.length + 1).put(1, body);
        throw new PlanFailedException(MessageReader.failure(whole));
      }
    } finally {
      oneRequest.unlock();
    }
  }

  /** Closes the keeper's write end of stdin; ours, if we hold one, is ours to close. */
  public void closeStdin() throws IOException {
    var _ = ask('X');
  }

  /**
   * Lets the keeper end.
   *
   * @return false if it stays because the process has not exited
   */
  public boolean retire() throws IOException {
    return body(ask('Q')).get(0) == 0;
  }

  /**
   * As {@link #retire}, for the keeper of a process that has exited, without waiting for it: its
   * socket may be there a moment longer.
   */
  public void dismiss() throws LinuxException {
    connection.send('Q');
  }

  /** Completes with the exit, exceptionally if the keeper ends without telling one. */
  public CompletableFuture<ProcessExit> exited() {
    return connection.exited();
  }

  private HelperMessage.Answer ask(char request) throws IOException {
    oneRequest.lock();
    try {
      connection.send(request);
      return await(request, LaunchListener.NONE, Optional.of(ANSWER_TIME));
    } finally {
      oneRequest.unlock();
    }
  }

  private HelperMessage.Answer await(
      char request, LaunchListener listener, Optional<Duration> limit) throws IOException {
    while (true) {
      switch (limit.isPresent() ? connection.next(limit.get()) : connection.next()) {
        case HelperMessage.Answer answer when answer.request() == request -> {
          return answer;
        }
        case HelperMessage.Answer late -> late.fds().forEach(Fd::close);
        case HelperMessage.Synced(ProcessIdentity process, String tag) -> {
          listener.synced(process, tag);
          connection.send('C');
        }
        case HelperMessage.Warning(StepFailure failure) -> listener.warned(failure);
        case HelperMessage.Listener(var process, var fd) -> listener.seccompListener(process, fd);
        case HelperMessage.Done done -> listener.done(done);
        case HelperMessage.Failed(StepFailure failure) -> throw new PlanFailedException(failure);
        case HelperMessage.Ended _ -> throw new IOException("keeper is gone");
        case HelperMessage.Exited _, HelperMessage.Ready _, HelperMessage.Started _ -> {
          // known by exited(), or of the time before we asked
        }
      }
    }
  }

  private static ByteBuffer body(HelperMessage.Answer answer) {
    return ByteBuffer.wrap(answer.body()).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    connection.close();
  }
}

package org.jcontainerd.linux.socket;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Retry;
import org.jcontainerd.linux.sys.FileCalls;
import org.jcontainerd.linux.sys.PathCalls;
import org.jcontainerd.linux.sys.SocketCalls;

/**
 * A unix socket that accepts connections at a path. Thread-safe; {@link #accept} waits in the
 * kernel and belongs on a platform thread, {@link #tryAccept} with {@link
 * org.jcontainerd.linux.loop.KernelWaiter} anywhere.
 */
public final class UnixListener implements AutoCloseable {
  private final Fd fd;
  private final Path path;

  private UnixListener(Fd fd, Path path) {
    this.fd = fd;
    this.path = path;
  }

  /**
   * Binds and listens.
   *
   * @param mode permission bits of the socket file from the first moment on; the umask still
   *     applies
   * @throws LinuxException EADDRINUSE if the path exists, whatever it is: see {@link
   *     #bindReplacing}
   */
  public static UnixListener bind(SocketType type, Path path, int mode) throws LinuxException {
    int flags = SocketCalls.SOCK_CLOEXEC | type.number();
    Fd fd = Fd.adopt(SocketCalls.socket(SocketCalls.AF_UNIX, flags, 0), "listener at " + path);
    try (UnixAddress address = UnixAddress.of(path)) {
      // bind(2) makes the file with the mode of the socket itself, so there is no open moment
      PathCalls.fchmod(fd.number(), mode);
      SocketCalls.bind(fd.number(), address.bytes(), path.toString());
      SocketCalls.listen(fd.number(), 4096);
      return new UnixListener(fd, path);
    } catch (LinuxException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /** As {@link #bind}, after removing what a dead predecessor left at the path. */
  public static UnixListener bindReplacing(SocketType type, Path path, int mode)
      throws LinuxException {
    PathCalls.unlinkIfExists(FileCalls.AT_FDCWD, path.toString());
    return bind(type, path, mode);
  }

  /**
   * Waits for a connection.
   *
   * @throws LinuxException EINVAL after {@link #shutdown}
   */
  public UnixSocket accept() throws LinuxException {
    while (true) {
      Optional<UnixSocket> socket = tryAccept();
      if (socket.isPresent()) {
        return socket.get();
      }
    }
  }

  /** A waiting connection; empty if there is none and the listener is non-blocking. */
  public Optional<UnixSocket> tryAccept() throws LinuxException {
    int n = Retry.onInterrupt(() -> SocketCalls.accept4(fd.number(), SocketCalls.SOCK_CLOEXEC));
    return n < 0
        ? Optional.empty()
        : Optional.of(UnixSocket.adopt(Fd.adopt(n, "connection at " + path)));
  }

  /** Makes {@link #tryAccept} answer at once, for use with a waiter. */
  @CanIgnoreReturnValue
  public UnixListener nonBlocking() throws LinuxException {
    fd.setNonBlocking(true);
    return this;
  }

  /** Ends an {@link #accept} that waits in another thread. */
  public void shutdown() throws LinuxException {
    SocketCalls.shutdown(fd.number(), SocketCalls.SHUT_RDWR);
  }

  public Fd fd() {
    return fd;
  }

  public Path path() {
    return path;
  }

  /** Stops listening; the file stays, and its owner removes it. */
  @Override
  public void close() {
    fd.close();
  }
}

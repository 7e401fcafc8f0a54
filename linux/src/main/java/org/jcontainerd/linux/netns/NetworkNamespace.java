package org.jcontainerd.linux.netns;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.mount.Mounts;
import org.jcontainerd.linux.sys.FileCalls;
import org.jcontainerd.linux.sys.PathCalls;
import org.jcontainerd.linux.sys.ProcessCalls;
import org.jcontainerd.linux.sys.SocketCalls;

/**
 * Network namespaces that a bind mount on a file keeps alive, as {@code ip netns} does.
 *
 * <p>A namespace is entered only by a new platform thread that ends afterwards, so no pooled or
 * carrier thread is ever in a foreign one. Each method may be called from any thread and returns
 * when that thread has ended.
 */
public final class NetworkNamespace {
  private static final Path OF_THREAD = Path.of("/proc/thread-self/ns/net");
  // linux/sockios.h, net/if.h
  private static final long SIOCGIFFLAGS = 0x8913;
  private static final long SIOCSIFFLAGS = 0x8914;
  private static final int IFREQ_SIZE = 40;
  private static final int IFR_FLAGS = 16;
  private static final short IFF_UP = 1;

  private NetworkNamespace() {}

  /**
   * Makes a new namespace with {@code lo} up and mounts it on the new file {@code pin}.
   *
   * @throws LinuxException EEXIST if {@code pin} exists, ENOENT if its directory does not; nothing
   *     is left then
   */
  public static void create(Path pin) throws LinuxException {
    String path = pin.toString();
    int flags = FileCalls.O_RDONLY | FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_CLOEXEC;
    Fd.adopt(FileCalls.openat(FileCalls.AT_FDCWD, path, flags, 0444), path).close();
    try {
      var _ =
          FreshThread.call(
              "new netns " + path,
              () -> ProcessCalls.unshare(ProcessCalls.CLONE_NEWNET),
              () -> {
                loopbackUp();
                Mounts.bind(OF_THREAD, pin, false);
                return pin;
              });
    } catch (LinuxException | RuntimeException e) {
      try {
        delete(pin);
      } catch (LinuxException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  /**
   * Removes the pin; the namespace ends with its last process or socket. Nothing to do: success.
   */
  public static void delete(Path pin) throws LinuxException {
    Mounts.detachAll(pin);
    PathCalls.unlinkIfExists(FileCalls.AT_FDCWD, pin.toString());
  }

  /**
   * Runs {@code work} in the namespace at {@code pin} (or at {@code /proc/PID/ns/net}) and returns
   * what it returns or throws what it throws.
   *
   * <p>Sockets that it opens belong to that namespace for good and may be used from anywhere after.
   * Virtual threads that it starts run elsewhere, in ours.
   *
   * @throws LinuxException ENOENT if there is no pin, EINVAL if it is no namespace any more
   */
  public static <T, E extends Exception> T call(Path pin, FreshThread.Work<T, E> work)
      throws LinuxException, E {
    String path = pin.toString();
    int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC;
    try (Fd namespace = Fd.adopt(FileCalls.openat(FileCalls.AT_FDCWD, path, flags, 0), path)) {
      return call(namespace, work);
    }
  }

  /** As {@link #call(Path, FreshThread.Work)} in a namespace that is open. */
  public static <T, E extends Exception> T call(Fd namespace, FreshThread.Work<T, E> work)
      throws LinuxException, E {
    return FreshThread.call(
        "in netns " + namespace.origin(),
        () -> ProcessCalls.setns(namespace.number(), ProcessCalls.CLONE_NEWNET),
        work);
  }

  /** Brings {@code lo} of the calling thread's namespace up; the kernel gives it its addresses. */
  private static void loopbackUp() throws LinuxException {
    int type = SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_CLOEXEC;
    // interface ioctls work on a socket of any family; unix is there without IPv4 too
    try (Fd socket = Fd.adopt(SocketCalls.socket(SocketCalls.AF_UNIX, type, 0), "lo")) {
      byte[] ifreq = new byte[IFREQ_SIZE];
      byte[] name = "lo".getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(name, 0, ifreq, 0, name.length);
      FileCalls.ioctl(socket.number(), SIOCGIFFLAGS, ifreq);
      ByteBuffer request = ByteBuffer.wrap(ifreq).order(ByteOrder.nativeOrder());
      request.putShort(IFR_FLAGS, (short) (request.getShort(IFR_FLAGS) | IFF_UP));
      FileCalls.ioctl(socket.number(), SIOCSIFFLAGS, ifreq);
    }
  }
}

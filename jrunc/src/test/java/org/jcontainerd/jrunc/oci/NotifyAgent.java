package org.jcontainerd.jrunc.oci;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.socket.Received;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixListener;
import org.jcontainerd.linux.socket.UnixSocket;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/**
 * A seccomp agent: takes listeners at a socket and refuses, for each, the first call that it is
 * asked about, with an errno that no file system would give.
 */
@SuppressWarnings("restricted")
final class NotifyAgent implements AutoCloseable {
  // linux/seccomp.h: _IOWR('!', 0, struct seccomp_notif), _IOWR('!', 1, struct seccomp_notif_resp)
  private static final long NOTIF_RECV = 0xC0502100L;
  private static final long NOTIF_SEND = 0xC0182101L;
  private static final int NOTIF_SIZE = 80;
  private static final int RESPONSE_SIZE = 24;
  private static final int NUMBER = 16;
  private static final int ERROR = 16;
  private static final int EDQUOT = 122;

  /**
   * What one connection brought.
   *
   * @param state the container process state
   * @param call number of the call that was refused
   */
  record Asked(JsonValue.Fields state, int call) {}

  private final UnixListener listener;
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

  NotifyAgent(Path socket) throws IOException {
    listener = UnixListener.bind(SocketType.STREAM, socket, 0600);
    Thread.ofPlatform().name("seccomp agent").daemon().start(this::serve);
  }

  /** The next connection, complete with its call. */
  Asked next() throws InterruptedException, IOException {
    Asked next = asked.poll(30, TimeUnit.SECONDS);
    if (next == null) {
      throw new IOException("nobody asked the agent within 30 s");
    }
    return next;
  }

  private void serve() {
    while (true) {
      try (UnixSocket peer = listener.accept();
          Received.Message message = peer.receive(1 << 16).orElseThrow();
          Arena arena = Arena.ofConfined()) {
        var state = (JsonValue.Fields) OciJson.readValue(message.bytes());
        asked.add(new Asked(state, refuse(message.fds().getFirst(), arena)));
      } catch (IOException e) {
        return; // closed; a test that still waits for an answer says so
      }
    }
  }

  private static int refuse(Fd notifications, Arena arena) throws IOException {
    MemorySegment request = arena.allocate(NOTIF_SIZE, 8);
    ioctl(notifications, NOTIF_RECV, request);
    MemorySegment response = arena.allocate(RESPONSE_SIZE, 8);
    response.set(ValueLayout.JAVA_LONG, 0, request.get(ValueLayout.JAVA_LONG, 0));
    response.set(ValueLayout.JAVA_INT, ERROR, -EDQUOT);
    ioctl(notifications, NOTIF_SEND, response);
    return request.get(ValueLayout.JAVA_INT, NUMBER);
  }

  private static void ioctl(Fd fd, long request, MemorySegment argument) throws IOException {
    try {
      MethodHandle ioctl =
          Linker.nativeLinker()
              .downcallHandle(
                  Linker.nativeLinker().defaultLookup().findOrThrow("ioctl"),
                  FunctionDescriptor.of(
                      ValueLayout.JAVA_INT,
                      ValueLayout.JAVA_INT,
                      ValueLayout.JAVA_LONG,
                      ValueLayout.ADDRESS));
      if ((int) ioctl.invokeExact(fd.number(), request, argument) != 0) {
        throw new IOException("ioctl " + Long.toHexString(request) + " on " + fd);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("ioctl", e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.shutdown();
    listener.close();
  }
}

package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;
import org.jcontainerd.oci.json.Json;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.oci.runtime.State;

/** Gives a seccomp notification descriptor to the agent behind {@code listenerPath}. */
final class SeccompAgent {
  private SeccompAgent() {}

  /** config-linux.md, "The Container Process State". */
  record ContainerProcessState(
      @Json(always = true) String ociVersion,
      @Json(always = true) List<String> fds,
      @Json(always = true) int pid,
      String metadata,
      @Json(always = true) State state) {}

  /**
   * Connects, sends one message and closes, as the specification wants it.
   *
   * @param state of the container
   * @param pid of the process that installed the filter
   * @param listener closed in any case
   * @throws IOException if nobody listens there; the process must not go on then
   */
  static void send(Spec spec, State state, int pid, Fd listener) throws IOException {
    Seccomp seccomp = spec.linux().orElseThrow().seccomp().orElseThrow();
    var message =
        new ContainerProcessState(
            spec.ociVersion(), List.of("seccompFd"), pid, seccomp.listenerMetadata(), state);
    try (listener;
        UnixSocket socket =
            UnixSocket.connect(SocketType.STREAM, Path.of(seccomp.listenerPath()))) {
      socket.send(ByteBuffer.wrap(OciJson.write(message)), List.of(listener));
    } catch (IOException e) {
      throw new IOException(
          "seccomp agent at linux.seccomp.listenerPath '" + seccomp.listenerPath() + "'", e);
    }
  }
}

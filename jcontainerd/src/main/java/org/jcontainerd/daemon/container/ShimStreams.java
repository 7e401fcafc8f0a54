package org.jcontainerd.daemon.container;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jcontainerd.api.containerd.task.v3.ExecProcessRequest;
import org.jcontainerd.daemon.record.Ids;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.shim.ShimFailure;
import org.jcontainerd.daemon.shim.StreamConnector;
import org.jcontainerd.daemon.streaming.ProcessStreams;
import org.jcontainerd.daemon.streaming.StreamSet;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.ProcessSpec;

/**
 * Connects clients to processes through the shim's stream socket (docs/contracts.md, "Streams").
 * Thread-safe.
 */
public final class ShimStreams {
  private static final String TYPE = "types.containerd.io/opencontainers/runtime-spec/1/Process";
  private static final String STREAM = "stream:";
  private static final int SIGKILL = 9;

  private final Shim shim;
  private final StreamConnector connector;
  private final Ids ids;

  public ShimStreams(Shim shim, StreamConnector connector, Ids ids) {
    this.shim = shim;
    this.connector = connector;
    this.ids = ids;
  }

  /** Starts {@code process} in the container, connected; ends it when the client goes. */
  public ProcessStreams exec(String containerId, ProcessSpec process, StreamSet streams)
      throws IOException {
    String execId = ids.next();
    try {
      shim.exec(
          ExecProcessRequest.newBuilder()
              .setId(containerId)
              .setExecId(execId)
              .setTerminal(streams.tty())
              .setStdin(streams.stdin() ? STREAM : "")
              .setStdout(streams.stdout() ? STREAM : "")
              .setStderr(streams.stderr() ? STREAM : "")
              .setSpec(
                  Any.newBuilder()
                      .setTypeUrl(TYPE)
                      .setValue(ByteString.copyFrom(OciJson.write(process))))
              .build());
    } catch (ShimFailure e) {
      throw new IOException(e.getMessage(), e);
    }
    var connected = new Connected(containerId, execId);
    try {
      connected.connect(streams);
      var _ = shim.start(containerId, execId);
      return connected;
    } catch (ShimFailure | IOException e) {
      try (connected) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  /** Connects to the container's own process, from now on. */
  public ProcessStreams attach(String containerId, StreamSet streams) throws IOException {
    var connected = new Connected(containerId, "");
    try {
      connected.connect(streams);
      return connected;
    } catch (IOException e) {
      connected.closeChannels();
      throw e;
    }
  }

  /** One process and its connections; an empty exec id is the container's own process. */
  private final class Connected implements ProcessStreams {
    private final String containerId;
    private final String execId;
    private Optional<SocketChannel> stdin = Optional.empty();
    private Optional<SocketChannel> stdout = Optional.empty();
    private Optional<SocketChannel> stderr = Optional.empty();
    private volatile boolean ended;

    Connected(String containerId, String execId) {
      this.containerId = containerId;
      this.execId = execId;
    }

    void connect(StreamSet streams) throws IOException {
      if (streams.stdin()) {
        stdin = Optional.of(connector.connect(containerId, execId, "stdin"));
      }
      if (streams.stdout()) {
        stdout = Optional.of(connector.connect(containerId, execId, "stdout"));
      }
      if (streams.stderr()) {
        stderr = Optional.of(connector.connect(containerId, execId, "stderr"));
      }
    }

    @Override
    public Optional<WritableByteChannel> stdin() {
      return stdin.map(c -> c);
    }

    @Override
    public Optional<ReadableByteChannel> stdout() {
      return stdout.map(c -> c);
    }

    @Override
    public Optional<ReadableByteChannel> stderr() {
      return stderr.map(c -> c);
    }

    @Override
    public void resize(int columns, int rows) throws IOException {
      try {
        shim.resize(containerId, execId, columns, rows);
      } catch (ShimFailure e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    @Override
    public OptionalInt await() throws IOException {
      if (execId.isEmpty()) {
        return OptionalInt.empty();
      }
      try {
        int code = shim.await(containerId, execId).code();
        ended = true;
        return OptionalInt.of(code);
      } catch (ShimFailure e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    @Override
    public void close() throws IOException {
      closeChannels();
      if (execId.isEmpty()) {
        return;
      }
      try {
        if (!ended) {
          kill();
        }
        var _ = shim.delete(containerId, execId);
      } catch (ShimFailure e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    private void kill() throws ShimFailure {
      try {
        shim.kill(containerId, execId, SIGKILL, false);
        var _ = shim.await(containerId, execId);
      } catch (ShimFailure.NotFound | ShimFailure.FailedPrecondition e) {
        // never started, or ended in this moment
      }
    }

    private void closeChannels() throws IOException {
      for (var each : List.of(stdin, stdout, stderr)) {
        if (each.isPresent()) {
          each.get().close();
        }
      }
    }
  }
}

package org.jcontainerd.daemon.shim;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import org.jcontainerd.oci.json.OciJson;

/**
 * Opens raw streams at the shim: one connection per stream, one line of JSON each way, then bytes.
 * Thread-safe.
 */
@FunctionalInterface
public interface StreamConnector {
  /**
   * @param execId "" for the container's own process
   * @param stream stdin, stdout or stderr
   * @return connected, owned by the caller
   */
  SocketChannel connect(String containerId, String execId, String stream) throws IOException;

  /** The real one. */
  record ToShim(Shim shim) implements StreamConnector {
    private static final int LONGEST_LINE = 4096;

    @Override
    public SocketChannel connect(String containerId, String execId, String stream)
        throws IOException {
      var request = new LinkedHashMap<String, Object>();
      request.put("namespace", ShimClient.NAMESPACE);
      request.put("id", containerId);
      if (!execId.isEmpty()) {
        request.put("exec_id", execId);
      }
      request.put("stream", stream);
      var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        var _ = channel.connect(UnixDomainSocketAddress.of(shim.streamSocket()));
        var line = ByteBuffer.allocate(LONGEST_LINE);
        line.put(OciJson.write(request)).put((byte) '\n').flip();
        while (line.hasRemaining()) {
          var _ = channel.write(line);
        }
        String answer = readLine(channel);
        if (!answer.equals("{}")) {
          throw new IOException("stream " + stream + " of '" + containerId + "': " + answer);
        }
        return channel;
      } catch (ShimFailure e) {
        channel.close();
        throw new IOException(e.getMessage(), e);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    }

    /** Byte by byte: what follows the line belongs to the stream. */
    private static String readLine(SocketChannel channel) throws IOException {
      var line = ByteBuffer.allocate(LONGEST_LINE);
      var one = ByteBuffer.allocate(1);
      while (line.hasRemaining() && channel.read(one.clear()) == 1 && one.get(0) != '\n') {
        line.put(one.get(0));
      }
      return new String(line.array(), 0, line.position(), StandardCharsets.UTF_8);
    }
  }
}

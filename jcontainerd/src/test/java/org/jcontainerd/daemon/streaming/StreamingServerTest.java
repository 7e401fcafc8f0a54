package org.jcontainerd.daemon.streaming;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamingServerTest {
  private StreamingServer server;

  @BeforeEach
  void listen() throws IOException {
    server = StreamingServer.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** A process that copies its input to its output and exits with a given code. */
  private static final class Cat implements ProcessStreams {
    private final Pipe pipe;
    private final boolean withInput;
    private final Optional<ReadableByteChannel> stderr;
    private final int code;
    final CompletableFuture<String> size = new CompletableFuture<>();
    final CompletableFuture<Boolean> closed = new CompletableFuture<>();

    Cat(boolean withInput, String stderr, int code) throws IOException {
      this.pipe = Pipe.open();
      this.withInput = withInput;
      this.code = code;
      this.stderr =
          stderr.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  Channels.newChannel(
                      new ByteArrayInputStream(stderr.getBytes(StandardCharsets.UTF_8))));
    }

    @Override
    public Optional<WritableByteChannel> stdin() {
      return withInput ? Optional.of(pipe.sink()) : Optional.empty();
    }

    @Override
    public Optional<ReadableByteChannel> stdout() {
      return Optional.of(pipe.source());
    }

    @Override
    public Optional<ReadableByteChannel> stderr() {
      return stderr;
    }

    @Override
    public void resize(int columns, int rows) {
      size.complete(columns + "x" + rows);
    }

    @Override
    public OptionalInt await() {
      return OptionalInt.of(code);
    }

    @Override
    public void close() throws IOException {
      pipe.sink().close();
      pipe.source().close();
      closed.complete(true);
    }
  }

  private static String readAll(ByteChannel channel) throws IOException {
    return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
  }

  private static ByteChannel open(StreamingClient client, String type) throws IOException {
    return client.open(Map.of("streamtype", type));
  }

  private static void send(WritableByteChannel to, byte[] bytes) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(bytes);
    while (data.hasRemaining()) {
      int _ = to.write(data);
    }
  }

  @Test
  void exec_withInputAndBothOutputs_carriesBytesAndExitCode() throws Exception {
    var cat = new Cat(true, "complaint", 3);
    URI url = server.exec(new StreamSet(true, true, true, false), () -> cat);
    byte[] payload = new byte[5_000_000];
    new Random(1).nextBytes(payload);
    try (var client = StreamingClient.remoteCommand(url)) {
      ByteChannel error = open(client, "error");
      ByteChannel stdin = open(client, "stdin");
      ByteChannel stdout = open(client, "stdout");
      ByteChannel stderr = open(client, "stderr");
      var writing =
          CompletableFuture.runAsync(() -> {
            try {
              send(stdin, payload);
              stdin.close();
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      var received = new ByteArrayOutputStream();
      Channels.newInputStream(stdout).transferTo(received);
      writing.get(30, TimeUnit.SECONDS);
      assertArrayEquals(payload, received.toByteArray());
      assertEquals("complaint", readAll(stderr));
      var status = new ObjectMapper().readTree(readAll(error));
      assertEquals("v4.channel.k8s.io", client.protocol());
      assertEquals("NonZeroExitCode", status.path("reason").asText());
      assertEquals("3", status.at("/details/causes/0/message").asText());
    }
    assertTrue(cat.closed.get(10, TimeUnit.SECONDS));
  }

  @Test
  void exec_withTerminal_passesWindowSizes() throws Exception {
    var cat = new Cat(true, "", 0);
    URI url = server.exec(new StreamSet(true, true, false, true), () -> cat);
    try (var client = StreamingClient.remoteCommand(url)) {
      ByteChannel error = open(client, "error");
      ByteChannel stdin = open(client, "stdin");
      ByteChannel stdout = open(client, "stdout");
      ByteChannel resize = open(client, "resize");
      send(resize, "{\"Width\":132,\"Height\":43}".getBytes(StandardCharsets.UTF_8));
      assertEquals("132x43", cat.size.get(10, TimeUnit.SECONDS));
      stdin.close();
      assertEquals("", readAll(stdout));
      assertEquals("Success", new ObjectMapper().readTree(readAll(error)).path("status").asText());
    }
  }

  @Test
  void exec_thatCannotStart_tellsWhyOnTheErrorStream() throws Exception {
    URI url =
        server.exec(
            new StreamSet(false, true, false, false),
            () -> {
              throw new IOException("exec 'nothing': no such file");
            });
    try (var client = StreamingClient.remoteCommand(url)) {
      ByteChannel error = open(client, "error");
      open(client, "stdout").close();
      var status = new ObjectMapper().readTree(readAll(error));
      assertEquals("Failure", status.path("status").asText());
      assertEquals("exec 'nothing': no such file", status.path("message").asText());
    }
  }

  @Test
  void exec_whenClientGoesAway_closesTheProcess() throws Exception {
    var cat = new Cat(true, "", 0);
    URI url = server.exec(new StreamSet(true, true, false, false), () -> cat);
    try (var client = StreamingClient.remoteCommand(url)) {
      open(client, "error");
      open(client, "stdin");
      open(client, "stdout");
    }
    assertTrue(cat.closed.get(10, TimeUnit.SECONDS));
  }

  @Test
  void url_usedTwice_isRefusedTheSecondTime() throws Exception {
    URI url = server.exec(new StreamSet(false, true, false, false), () -> new Cat(false, "", 0));
    StreamingClient.remoteCommand(url).close();
    var failure = assertThrows(IOException.class, () -> StreamingClient.remoteCommand(url));
    assertTrue(
        failure.getMessage().contains("the URL is unknown, used or too old"), failure.getMessage());
  }

  @Test
  void url_ofAnotherVerb_isRefused() {
    URI url = server.exec(new StreamSet(false, true, false, false), () -> new Cat(false, "", 0));
    URI wrong = URI.create(url.toString().replace("/exec/", "/attach/"));
    assertThrows(IOException.class, () -> StreamingClient.remoteCommand(wrong));
  }

  @Test
  void portForward_copiesBothDirections() throws Exception {
    try (var echo = ServerSocketChannel.open()) {
      echo.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = ((InetSocketAddress) echo.getLocalAddress()).getPort();
      Thread.startVirtualThread(() -> echoOnce(echo));
      URI url =
          server.portForward(asked ->
              SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), asked)));
      try (var client = StreamingClient.portForward(url)) {
        var headers = Map.of("port", Integer.toString(port), "requestid", "0");
        ByteChannel error = open(client, headers, "error");
        ByteChannel data = open(client, headers, "data");
        send(data, "ping".getBytes(StandardCharsets.UTF_8));
        data.close();
        assertEquals("ping", readAll(data));
        assertEquals("", readAll(error));
      }
    }
  }

  @Test
  void portForward_toAClosedPort_tellsWhyOnTheErrorStream() throws Exception {
    URI url =
        server.portForward(port -> {
          throw new IOException("port-forward: connect to port " + port + ": refused");
        });
    try (var client = StreamingClient.portForward(url)) {
      var headers = Map.of("port", "81", "requestid", "7");
      ByteChannel error = open(client, headers, "error");
      open(client, headers, "data");
      assertEquals("port-forward: connect to port 81: refused", readAll(error));
    }
  }

  private static ByteChannel open(StreamingClient client, Map<String, String> with, String type)
      throws IOException {
    var headers = new java.util.HashMap<>(with);
    headers.put("streamtype", type);
    return client.open(headers);
  }

  private static void echoOnce(ServerSocketChannel server) {
    try (SocketChannel peer = server.accept()) {
      InputStream in = Channels.newInputStream(peer);
      in.transferTo(Channels.newOutputStream(peer));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

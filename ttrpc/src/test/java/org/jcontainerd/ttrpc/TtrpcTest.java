package org.jcontainerd.ttrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.Empty;
import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Client and server against each other over a real socket. */
@Timeout(30)
class TtrpcTest {
  private static final String SERVICE = "test.v1.Echo";
  private static final Method<StringValue, StringValue> ECHO =
      new Method<>(SERVICE, "Echo", StringValue.parser(), StringValue.parser());
  private static final Method<Int32Value, BytesValue> BYTES =
      new Method<>(SERVICE, "Bytes", Int32Value.parser(), BytesValue.parser());
  private static final Method<Int32Value, BytesValue> LARGE =
      new Method<>(SERVICE, "Large", Int32Value.parser(), BytesValue.parser())
          .withMaxResponseBytes(3 * FrameHeader.MAX_MESSAGE_BYTES);
  private static final Method<BytesValue, Int32Value> COUNT =
      new Method<>(SERVICE, "Count", BytesValue.parser(), Int32Value.parser());
  private static final Method<Empty, Empty> HANG =
      new Method<>(SERVICE, "Hang", Empty.parser(), Empty.parser());
  private static final Method<Empty, Empty> FAIL =
      new Method<>(SERVICE, "Fail", Empty.parser(), Empty.parser());
  private static final Method<Empty, StringValue> NAMESPACE =
      new Method<>(SERVICE, "Namespace", Empty.parser(), StringValue.parser());

  @TempDir Path dir;
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CompletableFuture<Code> hangEnded = new CompletableFuture<>();
  private TtrpcServer server;
  private TtrpcClient client;

  TtrpcTest() {}

  @BeforeEach
  void listen() throws IOException {
    var services =
        Services.builder()
            .add(ECHO, (request, _) -> request)
            .add(BYTES, (size, _) -> BytesValue.of(ByteString.copyFrom(new byte[size.getValue()])))
            .add(LARGE, (size, _) -> BytesValue.of(ByteString.copyFrom(new byte[size.getValue()])))
            .add(COUNT, (bytes, _) -> Int32Value.of(bytes.getValue().size()))
            .add(HANG, (_, call) -> hang(call))
            .add(
                FAIL,
                (_, _) -> {
                  throw new IllegalStateException("boom");
                })
            .add(NAMESPACE, (_, call) -> StringValue.of(call.namespace()))
            .build();
    server = TtrpcServer.listen(dir.resolve("s.sock"), services, FailureMapper.plain());
    client = TtrpcClient.connect(server.socket());
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
  }

  private Empty hang(Call call) throws Exception {
    hanging.countDown();
    try {
      return call.await(new CompletableFuture<Empty>());
    } catch (TtrpcException e) {
      hangEnded.complete(e.code());
      throw e;
    }
  }

  @Test
  void call_answered() throws Exception {
    assertEquals("hi", client.call(ECHO, StringValue.of("hi"), Metadata.EMPTY).getValue());
  }

  @Test
  void socket_isPrivate() throws Exception {
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(server.socket())));
  }

  @Test
  void calls_manyAtOnceOnOneConnection_eachGetsItsAnswer() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<String>>();
      for (int i = 0; i < 2_000; i++) {
        var text = "call " + i;
        answers.add(
            threads.submit(
                () -> client.call(ECHO, StringValue.of(text), Metadata.EMPTY).getValue()));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertEquals("call " + i, answers.get(i).get());
      }
    }
  }

  @Test
  void start_completesWithoutAWaitingThread() throws Exception {
    assertEquals(
        "x",
        client
            .start(ECHO, StringValue.of("x"), Metadata.EMPTY)
            .get(5, TimeUnit.SECONDS)
            .getValue());
    var failure =
        assertThrows(
            ExecutionException.class,
            () -> client.start(FAIL, Empty.getDefaultInstance(), Metadata.EMPTY).get());
    assertEquals("UNKNOWN: boom", cause(failure).getMessage());
  }

  @Test
  void largeMessages_bothWays() throws Exception {
    int size = FrameHeader.MAX_MESSAGE_BYTES - 100;
    assertEquals(size, client.call(BYTES, Int32Value.of(size), Metadata.EMPTY).getValue().size());
    var bytes = BytesValue.of(ByteString.copyFrom(new byte[size]));
    assertEquals(size, client.call(COUNT, bytes, Metadata.EMPTY).getValue());
  }

  @Test
  void oversizeAnswer_isResourceExhaustedAndConnectionLives() throws Exception {
    var failure =
        assertThrows(
            TtrpcException.class,
            () -> client.call(BYTES, Int32Value.of(FrameHeader.MAX_MESSAGE_BYTES), Metadata.EMPTY));
    assertEquals(Code.RESOURCE_EXHAUSTED, failure.code());
    assertEquals("on", client.call(ECHO, StringValue.of("on"), Metadata.EMPTY).getValue());
  }

  @Test
  void longerResponse_whereBothSidesDeclareIt() throws Exception {
    int size = 2 * FrameHeader.MAX_MESSAGE_BYTES;
    assertEquals(size, client.call(LARGE, Int32Value.of(size), Metadata.EMPTY).getValue().size());
    var failure =
        assertThrows(
            TtrpcException.class,
            () ->
                client.call(LARGE.withMaxResponseBytes(size), Int32Value.of(size), Metadata.EMPTY));
    assertEquals(Code.RESOURCE_EXHAUSTED, failure.code());
    assertEquals("on", client.call(ECHO, StringValue.of("on"), Metadata.EMPTY).getValue());
  }

  @Test
  void oversizeRequest_isAnsweredAndConnectionLives() throws Exception {
    try (var raw = connectRaw()) {
      int length = FrameHeader.MAX_MESSAGE_BYTES + 1;
      var frame = ByteBuffer.allocate(FrameHeader.BYTES + length);
      new FrameHeader(length, 1, FrameType.REQUEST, (byte) 0).write(frame);
      writeAll(raw, frame.rewind());
      assertEquals(Code.RESOURCE_EXHAUSTED, nextResponse(raw).code());

      writeAll(raw, echoFrame(3));
      assertEquals(Code.OK, nextResponse(raw).code());
    }
  }

  @Test
  void badStreamIds_refused() throws Exception {
    try (var raw = connectRaw()) {
      writeAll(raw, echoFrame(2));
      assertEquals(
          "StreamID must be odd for client initiated streams", nextResponse(raw).description());
      writeAll(raw, echoFrame(5));
      assertEquals(Code.OK, nextResponse(raw).code());
      writeAll(raw, echoFrame(5));
      assertEquals(
          "StreamID cannot be re-used and must increment", nextResponse(raw).description());
    }
  }

  @Test
  void streamingRequest_isUnimplemented() throws Exception {
    try (var raw = connectRaw()) {
      writeAll(raw, echoFrame(1).put(9, FrameHeader.REMOTE_OPEN));
      assertEquals(Code.UNIMPLEMENTED, nextResponse(raw).code());
    }
  }

  @Test
  void unknownNames_areUnimplemented() {
    var method = ECHO.in("test.v1.Other");
    var service =
        assertThrows(
            TtrpcException.class, () -> client.call(method, StringValue.of(""), Metadata.EMPTY));
    assertEquals("UNIMPLEMENTED: service 'test.v1.Other' is not implemented", service.getMessage());
    var other = new Method<>(SERVICE, "Nope", StringValue.parser(), StringValue.parser());
    var name =
        assertThrows(
            TtrpcException.class, () -> client.call(other, StringValue.of(""), Metadata.EMPTY));
    assertEquals("UNIMPLEMENTED: method 'test.v1.Echo/Nope' is not implemented", name.getMessage());
  }

  @Test
  void namespace_fromMetadata() throws Exception {
    var nothing = Empty.getDefaultInstance();
    assertEquals(
        "k8s.io", client.call(NAMESPACE, nothing, Metadata.namespace("k8s.io")).getValue());
    var failure =
        assertThrows(TtrpcException.class, () -> client.call(NAMESPACE, nothing, Metadata.EMPTY));
    assertEquals(Code.INVALID_ARGUMENT, failure.code());
  }

  @Test
  void deadline_endsTheCallOnBothSides() throws Exception {
    var failure =
        assertThrows(
            TtrpcException.class,
            () ->
                client.call(
                    HANG, Empty.getDefaultInstance(), Metadata.EMPTY, Duration.ofMillis(50)));
    assertEquals(Code.DEADLINE_EXCEEDED, failure.code());
    assertEquals(Code.DEADLINE_EXCEEDED, hangEnded.get(5, TimeUnit.SECONDS));
  }

  @Test
  void clientGone_handlerLearnsIt() throws Exception {
    var answer = client.start(HANG, Empty.getDefaultInstance(), Metadata.EMPTY);
    hanging.await();
    client.close();

    assertEquals(Code.CANCELLED, hangEnded.get(5, TimeUnit.SECONDS));
    var failure = assertThrows(ExecutionException.class, answer::get);
    assertEquals(Code.UNAVAILABLE, cause(failure).code());
  }

  @Test
  void serverGone_everyPendingAndLaterCallFails() throws Exception {
    var answer = client.start(HANG, Empty.getDefaultInstance(), Metadata.EMPTY);
    hanging.await();
    server.close();

    var failure = assertThrows(ExecutionException.class, answer::get);
    assertEquals(Code.UNAVAILABLE, cause(failure).code());
    client.closed().get(5, TimeUnit.SECONDS);
    var later =
        assertThrows(
            TtrpcException.class, () -> client.call(ECHO, StringValue.of(""), Metadata.EMPTY));
    assertEquals(
        "UNAVAILABLE: connection to '" + server.socket() + "' is closed", later.getMessage());
    assertTrue(Files.notExists(server.socket()));
  }

  @Test
  void peerThatNeverReads_doesNotStopOthers() throws Exception {
    try (var deaf = connectRaw()) {
      for (int id = 1; id < 400; id += 2) {
        writeAll(
            deaf,
            FrameHeader.setStreamId(
                Request.frame(BYTES, Int32Value.of(1 << 20), 0, Metadata.EMPTY), id));
      }
      assertEquals("hi", client.call(ECHO, StringValue.of("hi"), Metadata.EMPTY).getValue());
    }
  }

  @Test
  void staleSocketFile_isReplaced() throws Exception {
    var socket = dir.resolve("stale.sock");
    Files.createFile(socket);
    try (var second =
            TtrpcServer.listen(socket, Services.builder().build(), FailureMapper.plain());
        var other = TtrpcClient.connect(second.socket())) {
      assertThrows(
          TtrpcException.class, () -> other.call(ECHO, StringValue.of(""), Metadata.EMPTY));
    }
  }

  @Test
  void pathLongerThanAnAddress_servesAndConnects() throws Exception {
    var deep = Files.createDirectories(dir.resolve("d".repeat(120)));
    var services = Services.builder().add(ECHO, (request, _) -> request).build();
    try (var second = TtrpcServer.listen(deep.resolve("x.sock"), services, FailureMapper.plain());
        var other = TtrpcClient.connect(second.socket())) {
      assertEquals("far", other.call(ECHO, StringValue.of("far"), Metadata.EMPTY).getValue());
    }
  }

  @Test
  void connect_nobodyListens_namesTheSocket() {
    var failure =
        assertThrows(IOException.class, () -> TtrpcClient.connect(dir.resolve("none.sock")));
    assertTrue(failure.toString().contains("connect '" + dir.resolve("none.sock") + "': "));
  }

  private static TtrpcException cause(ExecutionException failure) {
    return assertInstanceOf(TtrpcException.class, failure.getCause());
  }

  private SocketChannel connectRaw() throws IOException {
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    assertTrue(channel.connect(UnixDomainSocketAddress.of(server.socket())));
    return channel;
  }

  private static ByteBuffer echoFrame(int streamId) throws IOException {
    return FrameHeader.setStreamId(
        Request.frame(ECHO, StringValue.of("hi"), 0, Metadata.EMPTY), streamId);
  }

  private static void writeAll(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int _ = channel.write(bytes);
    }
  }

  private static Response nextResponse(SocketChannel channel) throws IOException {
    return Response.read(new FrameReader(channel).next().orElseThrow().payload());
  }
}

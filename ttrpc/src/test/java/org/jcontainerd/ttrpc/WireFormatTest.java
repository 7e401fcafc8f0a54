package org.jcontainerd.ttrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.Empty;
import com.google.protobuf.StringValue;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Frames byte by byte, laid out by hand from PROTOCOL.md and request.proto. */
class WireFormatTest {
  private static final Method<StringValue, Empty> SAY =
      new Method<>("a.B", "Say", StringValue.parser(), Empty.parser());

  /** Payload is StringValue "hi"; one second; metadata k=v. */
  private static final String REQUEST =
      "0000001e 00000003 01 00"
          + "0a 03 612e42"
          + "12 03 536179"
          + "1a 04 0a026869"
          + "20 8094ebdc03"
          + "2a 06 0a016b 120176";

  /** Status NOT_FOUND "gone". */
  private static final String FAILURE = "0000000a 00000003 02 00 0a 08 0805 1204676f6e65";

  @Test
  void request_writtenAsTheReferenceDoes() throws Exception {
    var frame =
        Request.frame(SAY, StringValue.of("hi"), 1_000_000_000L, Metadata.EMPTY.with("k", "v"));

    assertEquals(hex(REQUEST), hexOf(FrameHeader.setStreamId(frame, 3)));
  }

  @Test
  void request_readBack() throws Exception {
    var frame = reader(REQUEST).next().orElseThrow();
    var request = Request.read(frame.payload());

    assertEquals(new FrameHeader(30, 3, FrameType.REQUEST, (byte) 0), frame.header());
    assertEquals("a.B/Say", request.path());
    assertEquals(1_000_000_000L, request.timeoutNanos());
    assertEquals("v", request.metadata().first("k").orElseThrow());
    assertEquals(StringValue.of("hi"), StringValue.parseFrom(request.payload()));
  }

  @Test
  void failure_writtenAndReadBack() throws Exception {
    var written = Response.failed(3, Code.NOT_FOUND, "gone");
    assertEquals(hex(FAILURE), hexOf(written));

    var read = Response.read(reader(FAILURE).next().orElseThrow().payload());
    assertEquals(Code.NOT_FOUND, read.code());
    assertEquals("gone", read.description());
  }

  @Test
  void unknownFields_skipped() throws Exception {
    var response =
        Response.read(
            ByteString.copyFrom(
                HexFormat.of().parseHex("7a0178" + "12040a026869" + "8001 07".replace(" ", ""))));

    assertEquals(Code.OK, response.code());
    assertEquals(StringValue.of("hi"), StringValue.parseFrom(response.payload()));
  }

  @Test
  void oversize_discardedAndNextFrameRead() throws Exception {
    int length = FrameHeader.MAX_MESSAGE_BYTES + 1;
    var bytes = ByteBuffer.allocate(FrameHeader.BYTES + length + hex(FAILURE).length() / 2);
    new FrameHeader(length, 1, FrameType.RESPONSE, (byte) 0).write(bytes);
    bytes.position(FrameHeader.BYTES + length).put(HexFormat.of().parseHex(hex(FAILURE)));
    var reader = new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes.array())));

    assertTrue(reader.next().orElseThrow().header().oversize());
    assertEquals(3, reader.next().orElseThrow().header().streamId());
    assertTrue(reader.next().isEmpty());
  }

  @Test
  void oversizeRequest_refusedBeforeItIsSent() {
    var big = BytesValue.of(ByteString.copyFrom(new byte[FrameHeader.MAX_MESSAGE_BYTES]));
    var method = new Method<>("a.B", "Say", BytesValue.parser(), Empty.parser());

    var failure =
        assertThrows(TtrpcException.class, () -> Request.frame(method, big, 0, Metadata.EMPTY));
    assertEquals(Code.RESOURCE_EXHAUSTED, failure.code());
  }

  @Test
  void oversizeResult_becomesResourceExhausted() throws Exception {
    var big = BytesValue.of(ByteString.copyFrom(new byte[FrameHeader.MAX_MESSAGE_BYTES]));
    var frame = Response.ok(5, big, FrameHeader.MAX_MESSAGE_BYTES);
    var payload = new byte[frame.remaining() - FrameHeader.BYTES];
    frame.get(FrameHeader.BYTES, payload);

    assertEquals(Code.RESOURCE_EXHAUSTED, Response.read(ByteString.copyFrom(payload)).code());
  }

  @Test
  void streamEndsInsideFrame_isAnError() {
    for (int cut : new int[] {1, 9, 11, 30}) {
      var bytes = HexFormat.of().parseHex(hex(REQUEST).substring(0, cut * 2));
      var reader = new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes)));
      assertThrows(EOFException.class, reader::next, "cut at " + cut);
    }
  }

  @Test
  void unknownCode_isUnknown() {
    assertEquals(Code.UNKNOWN, Code.of(99));
    assertEquals(Code.UNAUTHENTICATED, Code.of(16));
  }

  private static FrameReader reader(String frame) {
    return new FrameReader(
        Channels.newChannel(new ByteArrayInputStream(HexFormat.of().parseHex(hex(frame)))));
  }

  private static String hexOf(ByteBuffer frame) {
    return HexFormat.of().formatHex(ByteString.copyFrom(frame).toByteArray());
  }

  private static String hex(String spaced) {
    return spaced.replace(" ", "");
  }
}

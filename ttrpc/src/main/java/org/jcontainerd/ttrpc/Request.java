package org.jcontainerd.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * {@code ttrpc.Request} (request.proto), written and read by hand: the message is small and fixed,
 * and its payload is read where it lies.
 *
 * @param payload the encoded argument; shares the frame's bytes
 * @param timeoutNanos time the caller gives the call; 0: no limit
 */
record Request(
    String service, String method, ByteString payload, long timeoutNanos, Metadata metadata) {
  private static final int SERVICE = 1;
  private static final int METHOD = 2;
  private static final int PAYLOAD = 3;
  private static final int TIMEOUT_NANO = 4;
  private static final int METADATA = 5;
  private static final int KEY = 1;
  private static final int VALUE = 2;

  /**
   * The request frame of a unary call, its stream id yet to be set.
   *
   * @throws TtrpcException RESOURCE_EXHAUSTED if the request is longer than a message may be
   */
  static ByteBuffer frame(
      Method<?, ?> method, MessageLite argument, long timeoutNanos, Metadata metadata)
      throws TtrpcException {
    int size =
        CodedOutputStream.computeStringSize(SERVICE, method.service())
            + CodedOutputStream.computeStringSize(METHOD, method.name())
            + CodedOutputStream.computeMessageSize(PAYLOAD, argument)
            + (timeoutNanos == 0
                ? 0
                : CodedOutputStream.computeInt64Size(TIMEOUT_NANO, timeoutNanos));
    for (var entry : metadata.values().entrySet()) {
      for (var value : entry.getValue()) {
        int pair = pairSize(entry.getKey(), value);
        size +=
            CodedOutputStream.computeTagSize(METADATA)
                + CodedOutputStream.computeUInt32SizeNoTag(pair)
                + pair;
      }
    }
    var header = new FrameHeader(size, 0, FrameType.REQUEST, (byte) 0);
    if (header.oversize()) {
      throw new TtrpcException(
          Code.RESOURCE_EXHAUSTED, header.oversizeDescription(FrameHeader.MAX_MESSAGE_BYTES));
    }
    var frame = Frame.allocate(header);
    try {
      var out = CodedOutputStream.newInstance(frame);
      out.writeString(SERVICE, method.service());
      out.writeString(METHOD, method.name());
      out.writeMessage(PAYLOAD, argument);
      if (timeoutNanos != 0) {
        out.writeInt64(TIMEOUT_NANO, timeoutNanos);
      }
      for (var entry : metadata.values().entrySet()) {
        for (var value : entry.getValue()) {
          writePair(out, entry.getKey(), value);
        }
      }
      out.flush();
    } catch (IOException e) {
      throw new AssertionError("a heap buffer of the computed size", e);
    }
    return frame.flip();
  }

  private static int pairSize(String key, String value) {
    return CodedOutputStream.computeStringSize(KEY, key)
        + CodedOutputStream.computeStringSize(VALUE, value);
  }

  private static void writePair(CodedOutputStream out, String key, String value)
      throws IOException {
    out.writeTag(METADATA, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(pairSize(key, value));
    out.writeString(KEY, key);
    out.writeString(VALUE, value);
  }

  /** Reads a request; unknown fields are skipped. */
  static Request read(ByteString message) throws IOException {
    var in = message.newCodedInput();
    in.enableAliasing(true);
    String service = "";
    String method = "";
    var payload = ByteString.EMPTY;
    long timeoutNanos = 0;
    var metadata = Metadata.EMPTY;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case SERVICE -> service = in.readStringRequireUtf8();
        case METHOD -> method = in.readStringRequireUtf8();
        case PAYLOAD -> payload = in.readBytes();
        case TIMEOUT_NANO -> timeoutNanos = in.readInt64();
        case METADATA -> metadata = readPair(in, metadata);
        default -> {
          var _ = in.skipField(tag);
        }
      }
    }
    return new Request(service, method, payload, timeoutNanos, metadata);
  }

  private static Metadata readPair(CodedInputStream in, Metadata metadata) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    String key = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case KEY -> key = in.readStringRequireUtf8();
        case VALUE -> value = in.readStringRequireUtf8();
        default -> {
          var _ = in.skipField(tag);
        }
      }
    }
    if (in.getBytesUntilLimit() != 0) {
      throw new InvalidProtocolBufferException("metadata ends early");
    }
    in.popLimit(limit);
    return metadata.with(key, value);
  }

  /** Service and method as they are written in messages. */
  String path() {
    return service + "/" + method;
  }
}

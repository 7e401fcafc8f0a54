package org.jcontainerd.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * {@code ttrpc.Response} (request.proto) with its {@code google.rpc.Status}. Status details are not
 * written and are skipped when read.
 *
 * @param payload the encoded result; shares the frame's bytes
 */
record Response(Code code, String description, ByteString payload) {
  private static final int STATUS = 1;
  private static final int PAYLOAD = 2;
  private static final int CODE = 1;
  private static final int MESSAGE = 2;

  /**
   * The response frame of a call that succeeded, or RESOURCE_EXHAUSTED if the result is too long.
   */
  static ByteBuffer ok(int streamId, MessageLite result, int limitBytes) {
    int size = CodedOutputStream.computeMessageSize(PAYLOAD, result);
    var header = new FrameHeader(size, streamId, FrameType.RESPONSE, (byte) 0);
    if (header.exceeds(limitBytes)) {
      return failed(streamId, Code.RESOURCE_EXHAUSTED, header.oversizeDescription(limitBytes));
    }
    var frame = Frame.allocate(header);
    try {
      var out = CodedOutputStream.newInstance(frame);
      out.writeMessage(PAYLOAD, result);
      out.flush();
    } catch (IOException e) {
      throw new AssertionError("a heap buffer of the computed size", e);
    }
    return frame.flip();
  }

  /** The response frame of a call that failed. */
  static ByteBuffer failed(int streamId, Code code, String description) {
    int status =
        CodedOutputStream.computeInt32Size(CODE, code.number())
            + CodedOutputStream.computeStringSize(MESSAGE, description);
    int size =
        CodedOutputStream.computeTagSize(STATUS)
            + CodedOutputStream.computeUInt32SizeNoTag(status)
            + status;
    var frame = Frame.allocate(new FrameHeader(size, streamId, FrameType.RESPONSE, (byte) 0));
    try {
      var out = CodedOutputStream.newInstance(frame);
      out.writeTag(STATUS, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(status);
      out.writeInt32(CODE, code.number());
      out.writeString(MESSAGE, description);
      out.flush();
    } catch (IOException e) {
      throw new AssertionError("a heap buffer of the computed size", e);
    }
    return frame.flip();
  }

  /** Reads a response; unknown fields are skipped. */
  static Response read(ByteString message) throws IOException {
    var in = message.newCodedInput();
    in.enableAliasing(true);
    var status = new Response(Code.OK, "", ByteString.EMPTY);
    var payload = status.payload();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case STATUS -> status = readStatus(in);
        case PAYLOAD -> payload = in.readBytes();
        default -> {
          var _ = in.skipField(tag);
        }
      }
    }
    return new Response(status.code(), status.description(), payload);
  }

  private static Response readStatus(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    var code = Code.OK;
    String description = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case CODE -> code = Code.of(in.readInt32());
        case MESSAGE -> description = in.readString();
        default -> {
          var _ = in.skipField(tag);
        }
      }
    }
    in.popLimit(limit);
    return new Response(code, description, ByteString.EMPTY);
  }
}

package org.jcontainerd.jrunc.checkpoint;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A {@code criu_opts} message as it grows. Confined to one thread. */
public final class CriuOptions {
  private final ByteString.Output bytes = ByteString.newOutput();
  private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

  /** Writes fields of a message. */
  interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  /** A number, or the value of an enum. Negative ones take ten bytes, as protobuf has it. */
  @CanIgnoreReturnValue
  public CriuOptions number(CriuOption option, int value) {
    return put(o -> o.writeInt32(option.number(), value));
  }

  @CanIgnoreReturnValue
  public CriuOptions flag(CriuOption option, boolean value) {
    return put(o -> o.writeBool(option.number(), value));
  }

  @CanIgnoreReturnValue
  public CriuOptions text(CriuOption option, String value) {
    return put(o -> o.writeString(option.number(), value));
  }

  /** One more of a list of messages with two texts: key and value, controller and path. */
  @CanIgnoreReturnValue
  public CriuOptions pair(CriuOption option, String first, String second) {
    ByteString message =
        encoded(o -> {
          o.writeString(1, first);
          o.writeString(2, second);
        });
    return put(o -> o.writeBytes(option.number(), message));
  }

  /** A message with a text and a number: key and descriptor, address and port. */
  @CanIgnoreReturnValue
  public CriuOptions pair(CriuOption option, String first, int second) {
    ByteString message =
        encoded(o -> {
          o.writeString(1, first);
          o.writeInt32(2, second);
        });
    return put(o -> o.writeBytes(option.number(), message));
  }

  ByteString encoded() {
    put(CodedOutputStream::flush);
    return bytes.toByteString();
  }

  @CanIgnoreReturnValue
  private CriuOptions put(Fields fields) {
    run(fields, out);
    return this;
  }

  /** A whole message. */
  static ByteString encoded(Fields fields) {
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    run(fields, out);
    run(CodedOutputStream::flush, out);
    return bytes.toByteString();
  }

  private static void run(Fields fields, CodedOutputStream out) {
    try {
      fields.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("write to memory", e);
    }
  }
}

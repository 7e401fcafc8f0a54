package org.jcontainerd.jrunc.plan;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The payload of one step while it is written; confined to one thread.
 *
 * <p>Every value is checked against the layout of the step's op, so that a record and the table
 * cannot drift apart unseen.
 */
final class Payload {
  private static final int NO_SLOT = -1;

  private final Op op;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int written;

  Payload(Op op) {
    this.op = op;
  }

  Payload number(int value) {
    expect('u');
    put(value, Integer.BYTES);
    return this;
  }

  Payload flag(boolean value) {
    return number(value ? 1 : 0);
  }

  Payload large(long value) {
    expect('U');
    put(value, Long.BYTES);
    return this;
  }

  Payload text(String value) {
    expect('s');
    putText(value);
    return this;
  }

  Payload texts(List<String> values) {
    expect('S');
    put(values.size(), Integer.BYTES);
    values.forEach(this::putText);
    return this;
  }

  Payload bits(Bits value) {
    expect('b');
    put(value.length(), Integer.BYTES);
    out.writeBytes(value.toByteArray());
    return this;
  }

  Payload numbers(List<Integer> values) {
    expect('L');
    put(values.size(), Integer.BYTES);
    values.forEach(v -> put(v, Integer.BYTES));
    return this;
  }

  Payload slot(Slot value) {
    expect('f');
    put(value.number(), Integer.BYTES);
    return this;
  }

  Payload slot(Optional<Slot> value) {
    expect('o');
    put(value.map(Slot::number).orElse(NO_SLOT), Integer.BYTES);
    return this;
  }

  Op op() {
    return op;
  }

  byte[] finish() {
    if (written != op.layout().length()) {
      throw new IllegalStateException(op.label() + ": the layout has more than " + written);
    }
    return out.toByteArray();
  }

  private void expect(char letter) {
    if (written == op.layout().length() || op.layout().charAt(written) != letter) {
      throw new IllegalStateException(
          op.label() + ": value " + written + " is '" + letter + "', layout '" + op.layout() + "'");
    }
    written++;
  }

  private void put(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> 8 * i));
    }
  }

  private void putText(String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(op.label() + ": '" + value + "' holds a NUL");
    }
    out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
    out.write(0);
  }
}

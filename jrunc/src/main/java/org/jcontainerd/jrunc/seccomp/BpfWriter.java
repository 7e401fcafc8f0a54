package org.jcontainerd.jrunc.seccomp;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Writes a classic BPF program from its end to its start, so that every jump knows its target, and
 * jumps too far for their eight bits get a long jump in between. A position is the count of
 * instructions from the end; each method answers the position of what it wrote. Confined to one
 * thread.
 *
 * @see <a href="https://docs.kernel.org/networking/filter.html">kernel, filter.rst</a>
 */
final class BpfWriter {
  /** Length of a program that the kernel takes (BPF_MAXINSNS). */
  static final int LIMIT = 4096;

  /** Offsets in struct seccomp_data. */
  static final int NUMBER = 0;

  static final int AUDIT_ARCH = 4;
  private static final int ARGUMENTS = 16;

  static final int JEQ = 0x15;
  static final int JGT = 0x25;
  static final int JGE = 0x35;
  static final int JSET = 0x45;
  private static final int LOAD = 0x20;
  private static final int AND = 0x54;
  private static final int JUMP = 0x05;
  private static final int RETURN = 0x06;
  private static final int FAR = 255;

  private long[] code = new long[256];
  private int size;
  private final Map<Instruction, Integer> written = new HashMap<>();

  /** An instruction and where it goes; written once while it is in reach. */
  private record Instruction(int operation, int value, int whenTrue, int whenFalse) {}

  /** Offset of the low half of an argument on a little-endian machine. */
  static int low(int argument) {
    return ARGUMENTS + 8 * argument;
  }

  /** Offset of the high half of an argument. */
  static int high(int argument) {
    return low(argument) + 4;
  }

  /** Returns a value; one that is near enough is used again, as with every instruction. */
  int answer(int value) {
    return once(new Instruction(RETURN, value, -1, -1), () -> add(RETURN, 0, 0, value));
  }

  /** Loads 32 bits of seccomp_data into the accumulator, then goes to {@code next}. */
  int load(int offset, int next) {
    return before(LOAD, offset, next);
  }

  /** Masks the accumulator, then goes to {@code next}. */
  int and(int mask, int next) {
    return before(AND, mask, next);
  }

  private int before(int operation, int value, int next) {
    return once(
        new Instruction(operation, value, next, next),
        () -> {
          fallTo(next);
          return add(operation, 0, 0, value);
        });
  }

  /** Compares the accumulator and goes one way or the other. */
  int branch(int operation, int value, int whenTrue, int whenFalse) {
    if (whenTrue == whenFalse) {
      return whenTrue;
    }
    return once(
        new Instruction(operation, value, whenTrue, whenFalse),
        () -> {
          int yes = near(whenTrue, 1);
          int no = near(whenFalse, 0);
          return add(operation, size - yes - 1, size - no - 1, value);
        });
  }

  private int once(Instruction instruction, IntSupplier writing) {
    Integer known = written.get(instruction);
    if (known != null && size - known < FAR - 2) {
      return known;
    }
    int position = writing.getAsInt();
    written.put(instruction, position);
    return position;
  }

  /** Takes back everything that was written since the program had this size. */
  void rewind(int mark) {
    size = mark;
    written.values().removeIf(position -> position >= mark);
  }

  /**
   * A position in reach of a branch that stands {@code further} instructions before the next one.
   */
  private int near(int target, int further) {
    return size + further - target - 1 <= FAR ? target : add(JUMP, 0, 0, size - target - 1);
  }

  private void fallTo(int next) {
    if (next != size - 1) {
      add(JUMP, 0, 0, size - next - 1);
    }
  }

  @CanIgnoreReturnValue
  private int add(int operation, int jumpTrue, int jumpFalse, int value) {
    if (size == code.length) {
      code = Arrays.copyOf(code, 2 * size);
    }
    code[size] =
        (operation & 0xFFFFL)
            | (long) jumpTrue << 16
            | (long) jumpFalse << 24
            | (value & 0xFFFFFFFFL) << 32;
    return size++;
  }

  int size() {
    return size;
  }

  /** Whether a position holds an answer, so that nothing needs to be loaded before. */
  boolean isAnswer(int position) {
    return (code[position] & 0xFFFF) == RETURN;
  }

  /** The program as struct sock_filter[], starting at the last instruction written. */
  byte[] program() {
    var bytes = ByteBuffer.allocate(8 * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = size - 1; i >= 0; i--) {
      bytes.putLong(code[i]);
    }
    return bytes.array();
  }
}

package org.jcontainerd.jrunc.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;

/**
 * Runs classic BPF programs as the kernel's seccomp does; the subset that filters use. Confined to
 * one thread.
 */
final class BpfMachine {
  private final long[] code;
  private final ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
  private final boolean[] confused;
  private int executed;
  private boolean mistaken;

  BpfMachine(byte[] program) {
    var bytes = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    code = new long[program.length / 8];
    for (int i = 0; i < code.length; i++) {
      code[i] = bytes.getLong();
    }
    confused = confused();
  }

  /** What the accumulator holds. */
  private record Loaded(int offset, int mask) {}

  /** The instructions that compare one thing or another, depending on the way that led there. */
  private boolean[] confused() {
    var before = new ArrayList<Set<Loaded>>();
    for (int i = 0; i < code.length; i++) {
      before.add(new HashSet<>());
    }
    var several = new boolean[code.length];
    for (int i = 0; i < code.length; i++) {
      Set<Loaded> now = before.get(i);
      int value = (int) (code[i] >>> 32);
      int next = i + 1;
      switch ((int) (code[i] & 0xFFFF)) {
        case 0x20 -> before.get(next).add(new Loaded(value, -1));
        case 0x54 ->
            now.forEach(
                loaded -> before.get(next).add(new Loaded(loaded.offset(), loaded.mask() & value)));
        case 0x05 -> before.get(next + value).addAll(now);
        case 0x06 -> {}
        default -> {
          several[i] = now.size() > 1;
          before.get(next + jump(code[i], true)).addAll(now);
          before.get(next + jump(code[i], false)).addAll(now);
        }
      }
    }
    return several;
  }

  /**
   * Whether the last run met a comparison for which another half of an argument is loaded if it is
   * reached another way.
   */
  boolean mistaken() {
    return mistaken;
  }

  int length() {
    return code.length;
  }

  /** How many instructions the last run took. */
  int executed() {
    return executed;
  }

  /** The verdict for one call. */
  int run(int audit, int number, long... arguments) {
    data.clear();
    data.putInt(number).putInt(audit).putLong(0);
    for (int i = 0; i < 6; i++) {
      data.putLong(i < arguments.length ? arguments[i] : 0);
    }
    int accumulator = 0;
    mistaken = false;
    int index = 0;
    for (executed = 1; executed <= code.length; executed++) {
      mistaken |= confused[index];
      long instruction = code[index++];
      int value = (int) (instruction >>> 32);
      switch ((int) (instruction & 0xFFFF)) {
        case 0x20 -> accumulator = data.getInt(value);
        case 0x54 -> accumulator &= value;
        case 0x05 -> index += value;
        case 0x06 -> {
          return value;
        }
        case 0x15 -> index += jump(instruction, accumulator == value);
        case 0x25 -> index += jump(instruction, Integer.compareUnsigned(accumulator, value) > 0);
        case 0x35 -> index += jump(instruction, Integer.compareUnsigned(accumulator, value) >= 0);
        case 0x45 -> index += jump(instruction, (accumulator & value) != 0);
        default -> throw new IllegalStateException(Long.toHexString(instruction));
      }
    }
    throw new IllegalStateException("the program does not end");
  }

  private static int jump(long instruction, boolean holds) {
    return (int) (instruction >>> (holds ? 16 : 24)) & 0xFF;
  }
}

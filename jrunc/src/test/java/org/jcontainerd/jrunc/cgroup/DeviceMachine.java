package org.jcontainerd.jrunc.cgroup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs eBPF programs on a {@code struct bpf_cgroup_dev_ctx}; the instructions that ours have. */
final class DeviceMachine {
  private final long[] code;

  DeviceMachine(byte[] program) {
    var bytes = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    code = new long[program.length / 8];
    for (int i = 0; i < code.length; i++) {
      code[i] = bytes.getLong();
    }
  }

  /** Whether the access is allowed; numbers as unsigned 32 bits. */
  boolean allows(char type, int access, int major, int minor) {
    int[] context = {access << 16 | (type == 'b' ? 1 : 2), major, minor};
    int[] registers = new int[10];
    for (int at = 0; at < code.length; at++) {
      int to = (int) (code[at] >>> 8) & 0xF;
      int from = (int) (code[at] >>> 12) & 0xF;
      int offset = (short) (code[at] >>> 16);
      int value = (int) (code[at] >>> 32);
      switch ((int) code[at] & 0xFF) {
        case 0x61 -> registers[to] = context[offset / 4];
        case 0xb4 -> registers[to] = value;
        case 0xbc -> registers[to] = registers[from];
        case 0x54 -> registers[to] &= value;
        case 0x74 -> registers[to] >>>= value;
        case 0x56 -> at += registers[to] != value ? offset : 0;
        case 0x5e -> at += registers[to] != registers[from] ? offset : 0;
        case 0x16 -> at += registers[to] == value ? offset : 0;
        case 0x95 -> {
          return registers[0] == 1;
        }
        default -> throw new IllegalStateException(Long.toHexString(code[at]));
      }
    }
    throw new IllegalStateException("the program does not end");
  }
}

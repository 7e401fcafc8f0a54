package org.jcontainerd.jrunc.cgroup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Compiles a {@link DeviceAllowance} to eBPF: one block per exception, then the default (kernel,
 * bpf/standardization/instruction-set.rst; the context is {@code struct bpf_cgroup_dev_ctx} of
 * linux/bpf.h). Pure.
 */
final class DeviceProgram {
  // linux/bpf.h: BPF_DEVCG_DEV_*
  private static final int BLOCK = 1;
  private static final int CHARACTER = 2;

  // Opcodes. Jumps are those of 32 bits: an immediate of 64 bits would be sign-extended.
  private static final int LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
  private static final int MOVE = 0xb4; // BPF_ALU | BPF_MOV | BPF_K
  private static final int MOVE_REGISTER = 0xbc; // BPF_ALU | BPF_MOV | BPF_X
  private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
  private static final int SHIFT_RIGHT = 0x74; // BPF_ALU | BPF_RSH | BPF_K
  private static final int JUMP_UNEQUAL = 0x56; // BPF_JMP32 | BPF_JNE | BPF_K
  private static final int JUMP_UNEQUAL_REGISTER = 0x5e; // BPF_JMP32 | BPF_JNE | BPF_X
  private static final int JUMP_EQUAL = 0x16; // BPF_JMP32 | BPF_JEQ | BPF_K
  private static final int EXIT = 0x95; // BPF_JMP | BPF_EXIT

  private static final int RESULT = 0;
  private static final int CONTEXT = 1;
  private static final int TYPE = 2;
  private static final int ACCESS = 3;
  private static final int MAJOR = 4;
  private static final int MINOR = 5;
  private static final int SCRATCH = 6;

  /** The longest block is of eight instructions. */
  private static final int BLOCK_BYTES = 8 * 8;

  private static final int FRAME_BYTES = 8 * 8;

  private final ByteBuffer code;

  private DeviceProgram(int exceptions) {
    code =
        ByteBuffer.allocate(FRAME_BYTES + exceptions * BLOCK_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN); // both architectures that we know
  }

  /** The instructions, as bpf(2) takes them. */
  static byte[] compile(DeviceAllowance allowance) {
    var program = new DeviceProgram(allowance.exceptions().size());
    program.add(LOAD_WORD, TYPE, CONTEXT, 0, 0);
    program.add(MOVE_REGISTER, ACCESS, TYPE, 0, 0);
    program.add(AND, TYPE, 0, 0, 0xFFFF);
    program.add(SHIFT_RIGHT, ACCESS, 0, 0, 16);
    program.add(LOAD_WORD, MAJOR, CONTEXT, 4, 0);
    program.add(LOAD_WORD, MINOR, CONTEXT, 8, 0);
    allowance
        .exceptions()
        .forEach((devices, access) -> program.exception(devices, access, allowance.allowed()));
    program.answer(allowance.allowed());
    byte[] bytes = new byte[program.code.position()];
    program.code.flip().get(bytes);
    return bytes;
  }

  /**
   * Where all is denied, one exception must allow the whole access; where all is allowed, one that
   * denies a part of it is enough. That is what the v1 controller does.
   */
  private void exception(DeviceAllowance.Devices devices, int access, boolean allowed) {
    boolean hasAccess = access != DeviceAllowance.ALL_ACCESS;
    boolean hasMajor = devices.major() != DeviceAllowance.ANY;
    boolean hasMinor = devices.minor() != DeviceAllowance.ANY;
    int left = 2 + (hasAccess ? 3 : 0) + (hasMajor ? 1 : 0) + (hasMinor ? 1 : 0);
    add(JUMP_UNEQUAL, TYPE, 0, left, devices.type() == 'b' ? BLOCK : CHARACTER);
    if (hasAccess) {
      left -= 3;
      add(MOVE_REGISTER, SCRATCH, ACCESS, 0, 0);
      add(AND, SCRATCH, 0, 0, access);
      if (allowed) {
        add(JUMP_EQUAL, SCRATCH, 0, left, 0);
      } else {
        add(JUMP_UNEQUAL_REGISTER, SCRATCH, ACCESS, left, 0);
      }
    }
    if (hasMajor) {
      add(JUMP_UNEQUAL, MAJOR, 0, --left, (int) devices.major());
    }
    if (hasMinor) {
      add(JUMP_UNEQUAL, MINOR, 0, --left, (int) devices.minor());
    }
    answer(!allowed);
  }

  private void answer(boolean allow) {
    add(MOVE, RESULT, 0, 0, allow ? 1 : 0);
    add(EXIT, 0, 0, 0, 0);
  }

  /** {@code struct bpf_insn}. */
  private void add(int opcode, int destination, int source, int offset, int immediate) {
    code.put((byte) opcode)
        .put((byte) (source << 4 | destination))
        .putShort((short) offset)
        .putInt(immediate);
  }
}

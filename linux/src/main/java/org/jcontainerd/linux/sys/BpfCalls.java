package org.jcontainerd.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.jcontainerd.linux.sys.Native.capture;
import static org.jcontainerd.linux.sys.Native.failure;
import static org.jcontainerd.linux.sys.Native.hex;
import static org.jcontainerd.linux.sys.Native.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jcontainerd.linux.LinuxException;

/** bpf(2): loading programs, and attaching them to cgroups. */
public final class BpfCalls {
  // linux/bpf.h, enum bpf_cmd
  static final int BPF_PROG_LOAD = 5;
  static final int BPF_PROG_ATTACH = 8;
  static final int BPF_PROG_DETACH = 9;
  static final int BPF_PROG_GET_FD_BY_ID = 13;
  static final int BPF_OBJ_GET_INFO_BY_FD = 15;
  static final int BPF_PROG_QUERY = 16;

  // linux/bpf.h
  public static final int BPF_PROG_TYPE_CGROUP_DEVICE = 15;
  public static final int BPF_CGROUP_DEVICE = 6;
  public static final int BPF_F_ALLOW_MULTI = 2;
  public static final int BPF_F_REPLACE = 4; // since Linux 5.6
  public static final int BPF_OBJ_NAME_LEN = 16;

  // linux/bpf.h, union bpf_attr and struct bpf_prog_info
  static final int PROG_TYPE = 0;
  static final int INSN_CNT = 4;
  static final int INSNS = 8;
  static final int LICENSE = 16;
  static final int LOG_LEVEL = 24;
  static final int LOG_SIZE = 28;
  static final int LOG_BUF = 32;
  static final int PROG_NAME = 48;
  static final int TARGET_FD = 0;
  static final int ATTACH_BPF_FD = 4;
  static final int ATTACH_TYPE = 8;
  static final int ATTACH_FLAGS = 12;
  static final int REPLACE_BPF_FD = 16;
  static final int PROG_ID = 0;
  static final int QUERY_TARGET_FD = 0;
  static final int QUERY_ATTACH_TYPE = 4;
  static final int QUERY_PROG_IDS = 16;
  static final int QUERY_PROG_CNT = 24;
  static final int INFO_BPF_FD = 0;
  static final int INFO_LEN = 4;
  static final int INFO = 8;
  static final int PROG_INFO_NAME = 64;

  /**
   * Room for a {@code union bpf_attr}: more than any version has, because some kernels from 6.17 on
   * write fields behind the size that the caller names.
   */
  private static final int ATTR_ROOM = 256;

  /** The size we name: up to the last field that we set; what is behind counts as zero. */
  private static final int ATTR_SIZE = 72;

  /** Enough of {@code struct bpf_prog_info} to have the name. */
  private static final int PROG_INFO_ROOM = PROG_INFO_NAME + BPF_OBJ_NAME_LEN;

  private BpfCalls() {}

  /**
   * {@code BPF_PROG_LOAD}.
   *
   * @param instructions an array of {@code struct bpf_insn}
   * @param license as MODULE_LICENSE of the kernel has it
   * @param name at most 15 of letters, digits, {@code _} and {@code .}
   * @param log filled with what the verifier says, NUL-terminated; empty for no log
   * @return a descriptor, close-on-exec
   * @throws LinuxException EINVAL or EACCES if the verifier refuses, EPERM without CAP_BPF or
   *     CAP_SYS_ADMIN, EAGAIN if a signal interrupted the verifier
   */
  public static int bpf_prog_load(
      int type, byte[] instructions, String license, String name, byte[] log)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment attr = arena.allocate(ATTR_ROOM, 8);
      MemorySegment said = arena.allocate(Math.max(log.length, 1));
      attr.set(JAVA_INT, PROG_TYPE, type);
      attr.set(JAVA_INT, INSN_CNT, instructions.length / 8);
      attr.set(JAVA_LONG, INSNS, Memory.copyOf(arena, instructions));
      attr.set(JAVA_LONG, LICENSE, Memory.cString(arena, license));
      if (log.length > 0) {
        attr.set(JAVA_INT, LOG_LEVEL, 1);
        attr.set(JAVA_INT, LOG_SIZE, log.length);
        attr.set(JAVA_LONG, LOG_BUF, said.address());
      }
      byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
      if (bytes.length >= BPF_OBJ_NAME_LEN) {
        throw new IllegalArgumentException("program name '" + name + "' is too long");
      }
      attr.asSlice(PROG_NAME, bytes.length).copyFrom(MemorySegment.ofArray(bytes));
      long result = syscall(state, Nr.BPF, BPF_PROG_LOAD, attr.address(), ATTR_SIZE);
      MemorySegment.ofArray(log).copyFrom(said.asSlice(0, log.length));
      if (result == -1) {
        throw failure(state, "bpf", "BPF_PROG_LOAD", type, name);
      }
      return (int) result;
    }
  }

  /**
   * {@code BPF_PROG_ATTACH}.
   *
   * @param replaced the program that makes way, with {@code BPF_F_REPLACE}; else 0
   */
  public static void bpf_prog_attach(int target, int program, int type, int flags, int replaced)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment attr = target(arena, target, program, type);
      attr.set(JAVA_INT, ATTACH_FLAGS, flags);
      attr.set(JAVA_INT, REPLACE_BPF_FD, replaced);
      if (syscall(state, Nr.BPF, BPF_PROG_ATTACH, attr.address(), ATTR_SIZE) == -1) {
        throw failure(state, "bpf", "BPF_PROG_ATTACH", target, program, type, hex(flags), replaced);
      }
    }
  }

  /** {@code BPF_PROG_DETACH}. */
  public static void bpf_prog_detach(int target, int program, int type) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment attr = target(arena, target, program, type);
      if (syscall(state, Nr.BPF, BPF_PROG_DETACH, attr.address(), ATTR_SIZE) == -1) {
        throw failure(state, "bpf", "BPF_PROG_DETACH", target, program, type);
      }
    }
  }

  private static MemorySegment target(Arena arena, int target, int program, int type) {
    MemorySegment attr = arena.allocate(ATTR_ROOM, 8);
    attr.set(JAVA_INT, TARGET_FD, target);
    attr.set(JAVA_INT, ATTACH_BPF_FD, program);
    attr.set(JAVA_INT, ATTACH_TYPE, type);
    return attr;
  }

  /**
   * {@code BPF_PROG_QUERY}: the ids of the programs attached to a cgroup itself, not to those
   * above.
   *
   * @param most how many ids there is room for
   * @throws LinuxException ENOSPC if there are more
   */
  public static int[] bpf_prog_query(int target, int type, int most) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment attr = arena.allocate(ATTR_ROOM, 8);
      MemorySegment ids = arena.allocate(JAVA_INT, most);
      attr.set(JAVA_INT, QUERY_TARGET_FD, target);
      attr.set(JAVA_INT, QUERY_ATTACH_TYPE, type);
      attr.set(JAVA_LONG, QUERY_PROG_IDS, ids.address());
      attr.set(JAVA_INT, QUERY_PROG_CNT, most);
      if (syscall(state, Nr.BPF, BPF_PROG_QUERY, attr.address(), ATTR_SIZE) == -1) {
        throw failure(state, "bpf", "BPF_PROG_QUERY", target, type);
      }
      return ids.asSlice(0, 4L * attr.get(JAVA_INT, QUERY_PROG_CNT)).toArray(JAVA_INT);
    }
  }

  /**
   * {@code BPF_PROG_GET_FD_BY_ID}.
   *
   * @return a descriptor, close-on-exec
   * @throws LinuxException ENOENT if the program is gone
   */
  public static int bpf_prog_get_fd_by_id(int id) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment attr = arena.allocate(ATTR_ROOM, 8);
      attr.set(JAVA_INT, PROG_ID, id);
      long result = syscall(state, Nr.BPF, BPF_PROG_GET_FD_BY_ID, attr.address(), ATTR_SIZE);
      if (result == -1) {
        throw failure(state, "bpf", "BPF_PROG_GET_FD_BY_ID", id);
      }
      return (int) result;
    }
  }

  /** {@code BPF_OBJ_GET_INFO_BY_FD} of a program: the name it was loaded with. */
  public static String bpf_prog_name(int program) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = capture(arena);
      MemorySegment attr = arena.allocate(ATTR_ROOM, 8);
      MemorySegment info = arena.allocate(PROG_INFO_ROOM, 8);
      attr.set(JAVA_INT, INFO_BPF_FD, program);
      attr.set(JAVA_INT, INFO_LEN, PROG_INFO_ROOM);
      attr.set(JAVA_LONG, INFO, info.address());
      if (syscall(state, Nr.BPF, BPF_OBJ_GET_INFO_BY_FD, attr.address(), INFO + 8) == -1) {
        throw failure(state, "bpf", "BPF_OBJ_GET_INFO_BY_FD", program);
      }
      return info.getString(PROG_INFO_NAME, StandardCharsets.US_ASCII);
    }
  }
}

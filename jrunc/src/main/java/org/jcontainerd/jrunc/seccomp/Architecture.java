package org.jcontainerd.jrunc.seccomp;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A system call architecture whose calls can reach a filter on the machines we run on. */
enum Architecture {
  X86_64(0xC000003E, 0, true, Map.of()),
  X86(0x40000003, 1, false, Multiplexer.X86),
  X32(0xC000003E, 2, false, Map.of()),
  AARCH64(0xC00000B7, 3, true, Map.of());

  /** Set in the number of every x32 call (asm/unistd.h, __X32_SYSCALL_BIT). */
  static final int X32_BIT = 0x40000000;

  /** The names of the runtime-spec that are valid but cannot occur on our machines. */
  private static final List<String> ELSEWHERE =
      List.of(
          "ARM",
          "MIPS",
          "MIPS64",
          "MIPS64N32",
          "MIPSEL",
          "MIPSEL64",
          "MIPSEL64N32",
          "PPC",
          "PPC64",
          "PPC64LE",
          "S390",
          "S390X",
          "PARISC",
          "PARISC64",
          "RISCV64",
          "LOONGARCH64",
          "M68K",
          "SH",
          "SHEB");

  private final int audit;
  private final int column;
  private final boolean wide;
  private final Map<String, Multiplexer> multiplexed;

  Architecture(int audit, int column, boolean wide, Map<String, Multiplexer> multiplexed) {
    this.audit = audit;
    this.column = column;
    this.wide = wide;
    this.multiplexed = multiplexed;
  }

  /** The architecture that the JVM runs on. */
  static Architecture host() {
    return of(System.getProperty("os.arch").toLowerCase(Locale.ROOT));
  }

  static Architecture of(String osArch) {
    return switch (osArch) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64", "arm64" -> AARCH64;
      default -> throw new IllegalStateException("no system call table for '" + osArch + "'");
    };
  }

  /** The architectures whose programs run on this one, itself first. */
  List<Architecture> family() {
    return this == AARCH64 ? List.of(AARCH64) : List.of(X86_64, X86, X32);
  }

  /** {@code SCMP_ARCH_...} to the architecture; empty if its calls cannot occur here. */
  static Optional<Architecture> parse(String name) {
    String bare = name.startsWith("SCMP_ARCH_") ? name.substring("SCMP_ARCH_".length()) : "";
    for (Architecture known : values()) {
      if (known.name().equals(bare)) {
        return Optional.of(known);
      }
    }
    if (ELSEWHERE.contains(bare)) {
      return Optional.empty();
    }
    throw new IllegalArgumentException("unknown architecture '" + name + "'");
  }

  /** AUDIT_ARCH_* (linux/audit.h) as seccomp_data.arch has it; x32 shares that of x86-64. */
  int audit() {
    return audit;
  }

  /** Column of the system call table. */
  int column() {
    return column;
  }

  /** Whether arguments have 64 bits. Others are compared by their low half, as libseccomp does. */
  boolean wide() {
    return wide;
  }

  /** The old call through which a call can be made as well, if any. */
  Optional<Multiplexer> multiplexer(String name) {
    return Optional.ofNullable(multiplexed.get(name));
  }
}

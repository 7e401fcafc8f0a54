package org.jcontainerd.jrunc.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallArg;
import org.jcontainerd.oci.runtime.SyscallRule;

/** Makes profiles of every shape: few and many rules, every action, operator and architecture. */
final class RandomProfile {
  private static final long[] VALUES = {
    0,
    1,
    2,
    8,
    40,
    0x20000,
    0x7E020000,
    0xFFFFFFFFL,
    1L << 32,
    (1L << 32) + 40,
    40L << 32,
    -1,
    1L << 63
  };
  private static final List<String> ACTIONS =
      List.of(
          "SCMP_ACT_ALLOW",
          "SCMP_ACT_ERRNO",
          "SCMP_ACT_KILL",
          "SCMP_ACT_KILL_PROCESS",
          "SCMP_ACT_LOG",
          "SCMP_ACT_TRACE",
          "SCMP_ACT_TRAP",
          "SCMP_ACT_NOTIFY");
  private static final List<List<String>> ARCHITECTURES =
      List.of(
          List.of(),
          List.of("SCMP_ARCH_X86_64"),
          List.of("SCMP_ARCH_X86"),
          List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X32"),
          List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"));

  /** The process hands its listener over with these. */
  private static final Set<String> UNNOTIFIED = Set.of("write", "sendmsg");

  private final RandomGenerator random;
  private final List<String> names;

  RandomProfile(RandomGenerator random, List<String> names) {
    this.random = random;
    this.names = names;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  Seccomp next() {
    int count = random.nextInt(4) == 0 ? 20 + random.nextInt(60) : 1 + random.nextInt(8);
    var rules = new ArrayList<SyscallRule>();
    for (int i = 0; i < count; i++) {
      rules.add(rule());
    }
    var builder =
        Seccomp.builder()
            .defaultAction(one(ACTIONS.subList(0, ACTIONS.size() - 1)))
            .architectures(one(ARCHITECTURES))
            .listenerPath("/run/agent.sock")
            .syscalls(rules);
    return random.nextBoolean()
        ? builder.defaultErrnoRet(random.nextInt(134)).build()
        : builder.build();
  }

  private SyscallRule rule() {
    boolean many = random.nextInt(5) == 0;
    // Rules with conditions share few calls, so that they meet.
    List<String> from = many ? names : names.subList(0, Math.min(40, names.size()));
    int count = many ? 1 + random.nextInt(200) : 1 + random.nextInt(4);
    String action = one(ACTIONS);
    var chosen = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      String name = one(from);
      if (!action.equals("SCMP_ACT_NOTIFY") || !UNNOTIFIED.contains(name)) {
        chosen.add(name);
      }
    }
    var args = new ArrayList<SyscallArg>();
    int conditions = many ? 0 : random.nextInt(4);
    for (int i = 0; i < conditions; i++) {
      args.add(arg());
    }
    Optional<Integer> errno =
        random.nextBoolean() ? Optional.of(random.nextInt(134)) : Optional.empty();
    return new SyscallRule(chosen, action, errno, args);
  }

  private SyscallArg arg() {
    int index = random.nextInt(4) == 0 ? random.nextInt(6) : random.nextInt(2);
    return new SyscallArg(index, value(), value(), one(Comparison.Operator.NAMES));
  }

  private long value() {
    return random.nextInt(8) == 0 ? random.nextLong() : VALUES[random.nextInt(VALUES.length)];
  }

  /** Arguments around the values that profiles compare with. */
  long[] arguments() {
    var arguments = new long[6];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = value() + random.nextInt(3) - 1;
    }
    return arguments;
  }
}

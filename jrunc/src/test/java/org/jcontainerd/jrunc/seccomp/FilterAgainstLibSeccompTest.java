package org.jcontainerd.jrunc.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallArg;
import org.jcontainerd.oci.runtime.SyscallRule;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same profile compiled by us and by libseccomp must answer every call alike. */
class FilterAgainstLibSeccompTest {
  private static final int X86_64 = Architecture.X86_64.audit();
  private static final int X86 = Architecture.X86.audit();
  private static final int SCMP_ARCH_X32 = 0x4000003E;
  private static final int ARM = 0x40000028;

  private static final List<List<String>> ARCHITECTURES =
      List.of(
          List.of(),
          List.of("SCMP_ARCH_X86_64"),
          List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86"),
          List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"));

  private final SyscallTable table = SyscallTable.load();
  private final FilterCompiler compiler = new FilterCompiler(Architecture.X86_64, table);
  @TempDir Path directory;

  @BeforeEach
  void needLibSeccomp() {
    assumeTrue(
        Files.exists(Path.of("/usr/lib/x86_64-linux-gnu/libseccomp.so.2")),
        "libseccomp2 is not installed, or this is not x86-64");
  }

  private static SyscallRule plain(String name, String action, int errno) {
    return new SyscallRule(List.of(name), action, Optional.of(errno), List.of());
  }

  private static SyscallRule when(
      String name, String action, int index, String operator, long value, long two) {
    var condition = new SyscallArg(index, value, two, "SCMP_CMP_" + operator);
    return new SyscallRule(List.of(name), "SCMP_ACT_" + action, Optional.of(5), List.of(condition));
  }

  /** Shaped as the default profiles of container engines are: a long list, a few conditions. */
  private List<SyscallRule> defaultLike() {
    Set<String> refused =
        Set.of(
            "acct",
            "add_key",
            "bpf",
            "clock_settime",
            "clone",
            "clone3",
            "create_module",
            "delete_module",
            "init_module",
            "io_uring_setup",
            "io_uring_enter",
            "ioperm",
            "iopl",
            "kexec_load",
            "keyctl",
            "mbind",
            "mount",
            "move_pages",
            "open_by_handle_at",
            "perf_event_open",
            "personality",
            "pivot_root",
            "ptrace",
            "quotactl",
            "reboot",
            "setns",
            "settimeofday",
            "socket",
            "swapon",
            "umount",
            "umount2",
            "unshare",
            "uselib",
            "userfaultfd",
            "vm86",
            "vm86old");
    List<String> allowed =
        table.names().stream().filter(name -> !refused.contains(name)).sorted().toList();
    var rules = new ArrayList<SyscallRule>();
    rules.add(new SyscallRule(allowed, "SCMP_ACT_ALLOW", Optional.empty(), List.of()));
    for (long persona : new long[] {0, 8, 0x20000, 0x20008, 0xFFFFFFFFL}) {
      rules.add(when("personality", "ALLOW", 0, "EQ", persona, 0));
    }
    rules.add(when("clone", "ALLOW", 0, "MASKED_EQ", 0x7E020000, 0));
    rules.add(when("socket", "ALLOW", 0, "NE", 40, 0));
    rules.add(plain("clone3", "SCMP_ACT_ERRNO", 38));
    rules.add(plain("ptrace", "SCMP_ACT_TRACE", 7));
    rules.add(plain("bpf", "SCMP_ACT_LOG", 0));
    rules.add(plain("reboot", "SCMP_ACT_TRAP", 0));
    rules.add(plain("mount", "SCMP_ACT_KILL_PROCESS", 0));
    rules.add(plain("umount2", "SCMP_ACT_KILL", 0));
    return rules;
  }

  private byte[] judged(Seccomp seccomp) throws Throwable {
    Profile profile = Profile.parse(seccomp, Architecture.X86_64);
    try (var library = new LibSeccomp(profile.defaultAction().value())) {
      for (Architecture one : profile.architectures()) {
        library.addArchitecture(one == Architecture.X32 ? SCMP_ARCH_X32 : one.audit());
      }
      for (Profile.Rule rule : profile.rules()) {
        for (String name : rule.names()) {
          if (!rule.action().equals(profile.defaultAction())) {
            addRule(library, rule, library.resolve(name));
          }
        }
      }
      return library.export(directory.resolve("bpf"));
    }
  }

  private static void addRule(LibSeccomp library, Profile.Rule rule, int number) throws Throwable {
    if (rule.alternatives().isEmpty()) {
      library.addRule(rule.action().value(), number, List.of());
    }
    for (List<Comparison> all : rule.alternatives()) {
      library.addRule(rule.action().value(), number, all);
    }
  }

  /**
   * Leaves out what this libseccomp is too old to know; its numbers would differ for that reason.
   */
  private List<SyscallRule> known(List<SyscallRule> rules) throws Throwable {
    var kept = new ArrayList<SyscallRule>();
    try (var library = new LibSeccomp(0)) {
      for (SyscallRule rule : rules) {
        var names = new ArrayList<String>();
        for (String name : rule.names()) {
          if (library.resolve(name) != -1) {
            names.add(name);
          }
        }
        kept.add(new SyscallRule(names, rule.action(), rule.errnoRet(), rule.args()));
      }
    }
    return kept;
  }

  /** Numbers up to the last that the profile names: beyond, we and runc answer ENOSYS. */
  private List<Integer> numbers(Seccomp seccomp, Architecture architecture) throws Exception {
    Profile profile = Profile.parse(seccomp, Architecture.X86_64);
    boolean used = profile.architectures().contains(architecture);
    int origin = architecture == Architecture.X32 ? Architecture.X32_BIT : 0;
    int last =
        used && !profile.defaultAction().passes()
            ? Verdicts.of(profile, architecture, table).last()
            : origin + 600;
    var numbers = new ArrayList<Integer>();
    for (int n = origin; n <= last; n++) {
      numbers.add(n);
    }
    return numbers;
  }

  private void compare(Seccomp seccomp, long... values) throws Throwable {
    var ours = new BpfMachine(compiler.compile(seccomp).program().toByteArray());
    var theirs = new BpfMachine(judged(seccomp));
    var numbers = new ArrayList<>(numbers(seccomp, Architecture.X86_64));
    numbers.addAll(numbers(seccomp, Architecture.X32));
    boolean x32 = seccomp.architectures().contains("SCMP_ARCH_X32");
    if (!x32) {
      numbers.addAll(List.of(-1, -2, Integer.MIN_VALUE, 0x7FFFFFFF));
    }
    compare(ours, theirs, X86_64, numbers, values);
    compare(ours, theirs, X86, numbers(seccomp, Architecture.X86), values);
    compare(ours, theirs, ARM, List.of(0, 1, 2, 400, -1), values);
  }

  private static void compare(
      BpfMachine ours, BpfMachine theirs, int audit, List<Integer> numbers, long... values) {
    for (int number : numbers) {
      for (long value : values) {
        long[] arguments = {value, value, value, value, value, value};
        int mine = ours.run(audit, number, arguments);
        int other = theirs.run(audit, number, arguments);
        if (mine != other) {
          assertEquals(
              Integer.toHexString(other),
              Integer.toHexString(mine),
              "arch %x call %x argument %x".formatted(audit, number, value));
        }
      }
    }
  }

  private static final long[] ARGUMENTS = {
    0,
    1,
    8,
    13,
    16,
    38,
    40,
    41,
    0x20000,
    0x20008,
    0xFFFFFFFFL,
    0x10000000,
    0x7E020000,
    0x01000000,
    0x100000028L,
    0x7FFFFFFFFFFFFFFFL,
    -1,
    Long.MIN_VALUE,
    0x8000000000000028L
  };

  @Test
  void compile_defaultLikeProfile_answersAsLibSeccomp() throws Throwable {
    List<SyscallRule> rules = known(defaultLike());
    for (List<String> architectures : ARCHITECTURES) {
      for (String fallback : List.of("SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP")) {
        compare(
            Seccomp.builder()
                .defaultAction(fallback)
                .architectures(architectures)
                .syscalls(rules)
                .build(),
            ARGUMENTS);
      }
    }
  }

  @Test
  void compile_allowingDefault_answersAsLibSeccomp() throws Throwable {
    List<SyscallRule> rules =
        List.of(
            plain("mkdir", "SCMP_ACT_ERRNO", 17),
            plain("shmat", "SCMP_ACT_ERRNO", 17),
            when("socket", "ERRNO", 0, "EQ", 40, 0));
    for (List<String> architectures : ARCHITECTURES) {
      compare(
          Seccomp.builder()
              .defaultAction("SCMP_ACT_ALLOW")
              .architectures(architectures)
              .syscalls(rules)
              .build(),
          ARGUMENTS);
    }
  }

  @Test
  void compile_everyOperator_answersAsLibSeccomp() throws Throwable {
    long[] values = {
      0, 1, 40, 0xFFFFFFFFL, 0x100000000L, 0x100000028L, -1, Long.MIN_VALUE, 0x7FFFFFFF00000000L
    };
    long[] probes =
        Arrays.stream(values).flatMap(v -> LongStream.of(v - 1, v, v + 1, v ^ 0x5555)).toArray();
    for (Comparison.Operator operator : Comparison.Operator.values()) {
      for (long value : values) {
        for (long two : operator == Comparison.Operator.MASKED_EQ ? values : new long[1]) {
          var seccomp =
              Seccomp.builder()
                  .defaultAction("SCMP_ACT_ALLOW")
                  .syscalls(
                      List.of(when("getpid", "ERRNO", 2, operator.name(), value, two & value)))
                  .build();
          var ours = new BpfMachine(compiler.compile(seccomp).program().toByteArray());
          compare(ours, new BpfMachine(judged(seccomp)), X86_64, List.of(38, 39, 40), probes);
        }
      }
    }
  }

  @Test
  void table_numbers_areThoseOfLibSeccomp() throws Throwable {
    try (var library = new LibSeccomp(0)) {
      int compared = 0;
      for (String name : table.names()) {
        int theirs = library.resolve(name);
        var ours = table.number(Architecture.X86_64, name);
        if (theirs >= 0 && ours.isPresent()) {
          assertEquals(theirs, ours.getAsInt(), name);
          compared++;
        }
      }
      assertTrue(compared > 330, "compared " + compared);
    }
  }
}

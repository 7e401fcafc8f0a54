package org.jcontainerd.jrunc.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallArg;
import org.jcontainerd.oci.runtime.SyscallRule;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same profile compiled by us and by libseccomp must answer every call alike. */
class FilterAgainstLibSeccompTest {
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
        Files.exists(LibSeccomp.FILE), "libseccomp2 is not installed, or this is not x86-64");
  }

  private Judge judge(Seccomp seccomp) throws Throwable {
    var judge = Judge.of(Judge.known(seccomp), compiler, table, directory.resolve("bpf"));
    assertEquals(new Judge.LeftOut(0, 0), judge.leftOut());
    return judge;
  }

  private static Seccomp engine(String name) throws IOException {
    try (var in = FilterAgainstLibSeccompTest.class.getResourceAsStream(name + ".json")) {
      return OciJson.read(in.readAllBytes(), Seccomp.class);
    }
  }

  private List<long[]> arguments() {
    var source = new RandomProfile(new Random(7), List.of("read"));
    var arguments = new ArrayList<long[]>();
    for (int i = 0; i < 300; i++) {
      arguments.add(source.arguments());
    }
    for (long family = 0; family < 64; family++) {
      arguments.add(new long[] {family, family, family, family, family, family});
    }
    return arguments;
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker", "podman"})
  void compile_profileOfAnEngine_answersAsLibSeccompAndCostsLess(String engine) throws Throwable {
    for (List<String> architectures : ARCHITECTURES) {
      Judge judge = judge(engine(engine).toBuilder().architectures(architectures).build());
      judge.compare(arguments());
      Judge.Cost ours = judge.cost();
      Judge.Cost theirs = judge.costOfLibSeccomp();
      assertTrue(ours.length() <= theirs.length(), ours + " against " + theirs);
      assertTrue(ours.allowed().value() <= theirs.allowed().value(), ours + " against " + theirs);
      assertTrue(ours.all().value() <= theirs.all().value(), ours + " against " + theirs);
      assertTrue(ours.most() <= theirs.most(), ours + " against " + theirs);
      assertEquals(0, judge.mistaken());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP", "SCMP_ACT_LOG"})
  void compile_anotherDefault_answersAsLibSeccomp(String fallback) throws Throwable {
    var seccomp = engine("docker").toBuilder().defaultAction(fallback).build();
    judge(seccomp).compare(arguments());
  }

  @Test
  void compile_allowingDefault_answersAsLibSeccomp() throws Throwable {
    List<SyscallRule> rules =
        List.of(
            new SyscallRule(
                List.of("mkdir", "shmat"), "SCMP_ACT_ERRNO", Optional.of(17), List.of()),
            new SyscallRule(
                List.of("socket"),
                "SCMP_ACT_ERRNO",
                Optional.of(5),
                List.of(new SyscallArg(0, 40, 0, "SCMP_CMP_EQ"))));
    for (List<String> architectures : ARCHITECTURES) {
      judge(
              Seccomp.builder()
                  .defaultAction("SCMP_ACT_ALLOW")
                  .architectures(architectures)
                  .syscalls(rules)
                  .build())
          .compare(arguments());
    }
  }

  /** The other way round libseccomp refuses the profile. */
  @Test
  void compile_caseThatBeginsAsAnother_answersAsLibSeccomp() throws Throwable {
    var first = new SyscallArg(0, 1, 0, "SCMP_CMP_EQ");
    var second = new SyscallArg(1, 2, 0, "SCMP_CMP_EQ");
    var rules =
        List.of(
            new SyscallRule(List.of("getpid"), "SCMP_ACT_ERRNO", Optional.of(3), List.of(first)),
            new SyscallRule(
                List.of("getpid"), "SCMP_ACT_ERRNO", Optional.of(4), List.of(first, second)));
    judge(
            Seccomp.builder()
                .defaultAction("SCMP_ACT_ALLOW")
                .architectures(ARCHITECTURES.getLast())
                .syscalls(rules)
                .build())
        .compare(List.of(new long[] {1, 2}, new long[] {1, 0}, new long[] {0, 2}));
  }

  /** Nothing but the order in the profile tells an equality from one of some low bits. */
  @Test
  void compile_casesThatOverlap_areInTheOrderOfLibSeccomp() throws Throwable {
    var all = new SyscallArg(0, 40, 0, "SCMP_CMP_EQ");
    var some = new SyscallArg(0, 0xFF, 40, "SCMP_CMP_MASKED_EQ");
    assertEquals(3, answerTo(40, all, some));
    assertEquals(3, answerTo(40, some, all));
    var higher = new SyscallArg(0, (1L << 32) + 40, 0, "SCMP_CMP_EQ");
    assertEquals(4, answerTo((1L << 32) + 40, some, higher), "the greater high half first");
    var above = new SyscallArg(0, 30, 0, "SCMP_CMP_GT");
    assertEquals(4, answerTo(40, above, all), "equalities first");
    var farAbove = new SyscallArg(0, 35, 0, "SCMP_CMP_GT");
    assertEquals(4, answerTo(40, above, farAbove), "the narrower bound first");
    assertEquals(4, answerTo(1L << 40, above, farAbove));
    assertEquals(3, answerTo(1L << 40, farAbove, above));
  }

  /** What the first of some rules answer that holds, 3 for the first of the profile. */
  private int answerTo(long argument, SyscallArg... conditions) throws Throwable {
    var rules = new ArrayList<SyscallRule>();
    for (SyscallArg condition : conditions) {
      rules.add(
          new SyscallRule(
              List.of("getpid"),
              "SCMP_ACT_ERRNO",
              Optional.of(3 + rules.size()),
              List.of(condition)));
    }
    var seccomp =
        Seccomp.builder()
            .defaultAction("SCMP_ACT_ALLOW")
            .architectures(ARCHITECTURES.getLast())
            .syscalls(rules)
            .build();
    Judge judge = judge(seccomp);
    judge.compare(List.of(new long[] {argument}, new long[] {argument + 1}));
    assertEquals(0, judge.mistaken());
    var machine = new BpfMachine(compiler.compile(seccomp).program().toByteArray());
    int getpid = table.number(Architecture.X86_64, "getpid").orElseThrow();
    return machine.run(Architecture.X86_64.audit(), getpid, argument) & 0xFFFF;
  }

  @ParameterizedTest
  @EnumSource(Comparison.Operator.class)
  void compile_operator_answersAsLibSeccomp(Comparison.Operator operator) throws Throwable {
    long[] values = {
      0, 1, 40, 0xFFFFFFFFL, 0x100000000L, 0x100000028L, -1, Long.MIN_VALUE, 0x7FFFFFFF00000000L
    };
    List<long[]> probes =
        Arrays.stream(values)
            .flatMap(v -> LongStream.of(v - 1, v, v + 1, v ^ 0x5555))
            .mapToObj(v -> new long[] {0, 0, v})
            .toList();
    for (long value : values) {
      for (long two : operator == Comparison.Operator.MASKED_EQ ? values : new long[1]) {
        var condition = new SyscallArg(2, value, two & value, "SCMP_CMP_" + operator);
        var rule =
            new SyscallRule(
                List.of("getpid"), "SCMP_ACT_ERRNO", Optional.empty(), List.of(condition));
        judge(
                Seccomp.builder()
                    .defaultAction("SCMP_ACT_ALLOW")
                    .architectures(ARCHITECTURES.getLast())
                    .syscalls(List.of(rule))
                    .build())
            .compare(probes);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Architecture.class,
      names = {"X86_64", "X86", "X32", "AARCH64"})
  void table_numbers_areThoseOfLibSeccomp(Architecture architecture) throws Throwable {
    try (var library = new LibSeccomp(0)) {
      int compared = 0;
      for (String name : table.names()) {
        int theirs = library.resolve(architecture, name);
        var ours = table.number(architecture, name);
        if (theirs >= 0 && ours.isPresent()) {
          assertEquals(theirs, ours.getAsInt(), name);
          compared++;
        }
      }
      assertTrue(compared > 290, "compared " + compared);
    }
  }
}

package org.jcontainerd.jrunc.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.jcontainerd.oci.runtime.Seccomp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random profiles answer as libseccomp's and cost no more. {@code -Djrunc.seccomp.profiles=10000
 * -Djrunc.seccomp.seed=N} for more of them.
 */
class RandomProfilesTest {
  private static final int PROFILES = Integer.getInteger("jrunc.seccomp.profiles", 200);
  private static final long SEED = Long.getLong("jrunc.seccomp.seed", 1);

  private final SyscallTable table = SyscallTable.load();
  private final FilterCompiler compiler = new FilterCompiler(Architecture.X86_64, table);
  @TempDir Path directory;

  @BeforeEach
  void needLibSeccomp() {
    assumeTrue(
        Files.exists(LibSeccomp.FILE), "libseccomp2 is not installed, or this is not x86-64");
  }

  private List<String> names() throws Throwable {
    var known = new ArrayList<String>();
    try (var library = new LibSeccomp(0)) {
      for (String name : table.names().stream().sorted().toList()) {
        if (library.resolve(name) != -1) {
          known.add(name);
        }
      }
    }
    // Rules with conditions are about the first names; calls with a multiplexer should be there.
    known.sort(
        Comparator.comparingInt(name ->
            new Random(name.hashCode()).nextInt(Multiplexer.X86.containsKey(name) ? 60 : 400)));
    return known;
  }

  @Test
  void compile_randomProfiles_answerAsWritten() throws Throwable {
    List<String> names = names();
    for (int i = 0; i < PROFILES; i++) {
      var source = new RandomProfile(new SplittableRandom(SEED * 1_000_033 + i), names);
      Seccomp seccomp = source.next();
      var interpreter = new Interpreter(seccomp, table);
      var machine = new BpfMachine(compiler.compile(seccomp).program().toByteArray());
      for (int k = 0; k < 2000; k++) {
        String name = names.get(k % (k < 1000 ? 40 : names.size()));
        int number = table.number(Architecture.X86_64, name).orElse(600);
        long[] arguments = source.arguments();
        assertEquals(
            Integer.toHexString(interpreter.answer(number, arguments)),
            Integer.toHexString(machine.run(Architecture.X86_64.audit(), number, arguments)),
            () -> name + Arrays.toString(arguments) + seccomp);
      }
    }
  }

  /** What was compared and what not, and what the programs cost. */
  private static final class Tally {
    long calls;
    long endless;
    long refused;
    long answers;
    long answersLeftOut;
    int longer;
    int longerBy;
    int slower;
    double slowerBy;
    int higher;
    int higherBy;
    Judge.Cost ours = Judge.Cost.NONE;
    Judge.Cost libSeccomp = Judge.Cost.NONE;

    void add(Judge judge) {
      endless += judge.leftOut().endless();
      refused += judge.leftOut().refused();
      answers += judge.compared();
      answersLeftOut += judge.mistaken();
      Judge.Cost mine = judge.cost();
      Judge.Cost theirs = judge.costOfRunc();
      longer += mine.length() > theirs.length() ? 1 : 0;
      longerBy = Math.max(longerBy, mine.length() - theirs.length());
      slower += mine.all().value() > theirs.all().value() ? 1 : 0;
      slowerBy = Math.max(slowerBy, mine.all().value() - theirs.all().value());
      higher += mine.most() > theirs.most() ? 1 : 0;
      higherBy = Math.max(higherBy, mine.most() - theirs.most());
      ours = ours.plus(mine);
      libSeccomp = libSeccomp.plus(judge.costOfLibSeccomp());
    }

    void print() {
      System.out.printf(
          """
          seccomp, %d random profiles:
            left out of %d calls with conditions: %d that libseccomp refuses, %d it may not return from;
            of %d answers: %d that libseccomp gives, but not the profile
            instructions; of an allowed call, of any call, mean, most: %s; libseccomp %s
            programs longer than runc's: %d, by %d at most; slower on the mean: %d, by %.2f at most;
            with a call that takes more than each of runc's: %d, by %d at most
          """,
          PROFILES,
          calls,
          refused,
          endless,
          answers,
          answersLeftOut,
          ours,
          libSeccomp,
          longer,
          longerBy,
          slower,
          slowerBy,
          higher,
          higherBy);
    }
  }

  @Test
  void compile_randomProfiles_answerAsLibSeccompAndCostNoMore() throws Throwable {
    List<String> names = names();
    var tally = new Tally();
    for (int i = 0; i < PROFILES; i++) {
      var source = new RandomProfile(new SplittableRandom(SEED * 1_000_003 + i), names);
      Seccomp seccomp = source.next();
      Judge judge = Judge.of(seccomp, compiler, table, directory.resolve("bpf"));
      tally.calls += conditional(seccomp);
      var arguments = new ArrayList<long[]>();
      for (int k = 0; k < 40; k++) {
        arguments.add(source.arguments());
      }
      judge.compare(arguments);
      tally.add(judge);
    }
    tally.print();
    assertTrue(tally.refused * 10 < tally.calls, tally.refused + " calls left out");
    assertTrue(tally.endless * 50 < tally.calls, tally.endless + " calls left out");
    assertTrue(tally.answersLeftOut * 1000 < tally.answers, tally.answersLeftOut + " left out");
    assertTrue(tally.longer * 100 <= PROFILES, tally.longer + " programs longer");
    assertTrue(tally.slower * 100 <= PROFILES, tally.slower + " programs slower on the mean");
    assertTrue(tally.higher * 50 <= PROFILES, tally.higher + " programs with a slower call");
    assertTrue(tally.ours.length() <= tally.libSeccomp.length(), "longer in all");
    assertTrue(
        tally.ours.allowed().value() <= tally.libSeccomp.allowed().value(), "slower if allowed");
    assertTrue(tally.ours.all().value() <= tally.libSeccomp.all().value(), "slower in all");
  }

  private static long conditional(Seccomp seccomp) {
    return seccomp.syscalls().stream()
        .filter(rule -> !rule.args().isEmpty())
        .flatMap(rule -> rule.names().stream())
        .distinct()
        .count();
  }
}

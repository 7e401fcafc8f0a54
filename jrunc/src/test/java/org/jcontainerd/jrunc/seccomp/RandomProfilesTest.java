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
import java.util.Optional;
import java.util.Random;
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
  void compile_profilesThatLibSeccompGetsWrong_answerAsWritten() throws Throwable {
    List<String> names = names();
    for (int i = 0; i < PROFILES; i++) {
      var source = new RandomProfile(new Random(SEED * 1_000_033 + i), names, false);
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

  @Test
  void compile_randomProfiles_answerAsLibSeccompAndCostNoMore() throws Throwable {
    List<String> names = names();
    var ours = new Judge.Cost(0, 0, 0);
    var theirs = new Judge.Cost(0, 0, 0);
    int refused = 0;
    for (int i = 0; i < PROFILES; i++) {
      var source = new RandomProfile(new Random(SEED * 1_000_003 + i), names, true);
      Optional<Judge> judge = Judge.of(source.next(), compiler, table, directory.resolve("bpf"));
      if (judge.isEmpty()) {
        refused++; // two rules contradict each other; here the first stands
        continue;
      }
      var arguments = new ArrayList<long[]>();
      for (int k = 0; k < 40; k++) {
        arguments.add(source.arguments());
      }
      judge.get().compare(arguments);
      ours = ours.plus(judge.get().cost());
      theirs = theirs.plus(judge.get().costOfLibSeccomp());
    }
    System.out.printf(
        "seccomp, %d random profiles (%d that libseccomp refuses): %d instructions, libseccomp %d;"
            + " per allowed call %.2f, libseccomp %.2f%n",
        PROFILES, refused, ours.length(), theirs.length(), ours.average(), theirs.average());
    assertTrue(refused < PROFILES / 2, refused + " of " + PROFILES + " say nothing");
    assertTrue(ours.length() <= theirs.length(), ours + " against " + theirs);
    assertTrue(ours.average() <= theirs.average(), ours + " against " + theirs);
  }
}

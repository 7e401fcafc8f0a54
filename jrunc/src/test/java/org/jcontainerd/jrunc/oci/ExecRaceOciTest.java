package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process of the container looks into every process that enters the container, as soon as it can
 * be seen and until it ends: its root, working directory, program, descriptors and environment
 * (CVE-2016-9962, CVE-2019-5736, CVE-2024-21626). {@code -Doci.exec.rounds=N} processes.
 */
@Tag("oci")
class ExecRaceOciTest {
  private static final int ROUNDS = Integer.getInteger("oci.exec.rounds", 15);
  private static final String SECRET = "SECRET_OF_THE_HOST";
  private static final Pattern SUMS = Pattern.compile("seen (\\d+) opened (\\d+) refused (\\d+)\n");

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  static Stream<List<String>> capabilities() {
    return Stream.of(
        List.of("CAP_KILL"), // the spy is root, but may not look into what is not dumpable
        List.of("CAP_KILL", "CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"));
  }

  private Box spying(List<String> capabilities) throws Exception {
    Path program = Attacker.program(directory, "spy");
    Box box = new Box(runtime, directory).args("/bin/spy", SECRET);
    Files.copy(
        program, box.bundle().rootfs().resolve("bin/spy"), StandardCopyOption.COPY_ATTRIBUTES);
    return box.process(p -> p.capabilities(Box.holding(capabilities.toArray(String[]::new))));
  }

  @ParameterizedTest
  @MethodSource("capabilities")
  void exec_thatIsWatched_bringsNothingOfTheHost(List<String> capabilities) throws Exception {
    assumeFalse(
        runtime.name().equals("crun") && capabilities.contains("CAP_SYS_PTRACE"),
        "crun 1.8 shows CAP_SYS_PTRACE its own environment");
    Path output = directory.resolve("output");
    try (Box box = spying(capabilities)) {
      Process foreground =
          runtime.background(
              output, "run", "--bundle", box.bundle().directory().toString(), box.id());
      Box.await(output, "ready\n");
      for (int i = 0; i < ROUNDS; i++) {
        var result =
            runtime.runWith(Map.of(SECRET, SECRET), List.of(), "exec", box.id(), "/bin/true");
        assertEquals(0, result.code(), result.said());
      }
      assertEquals(0, box.kill("TERM").code());
      Box.await(output, "refused ");
      assertEquals(0, foreground.waitFor());
    }
    String said = Files.readString(output);
    Matcher sums = SUMS.matcher(said);
    assertTrue(sums.find(), said);
    System.out.printf("spy with %s: %s", capabilities, sums.group());
    assertTrue(Long.parseLong(sums.group(1)) >= ROUNDS / 2, said);
    if (capabilities.contains("CAP_SYS_PTRACE")) {
      assertTrue(Long.parseLong(sums.group(2)) > 0, "it could look at nothing: " + said);
    } else {
      assertTrue(Long.parseLong(sums.group(3)) > 0, "it was refused nothing: " + said);
    }
    assertEquals(List.of(), said.lines().filter(line -> line.startsWith("found")).toList());
  }

  /** A created container waits, for a long time, with what it needs to become what it will be. */
  @Test
  void init_thatWaits_holdsNothingOfTheHost() throws Exception {
    try (Box box = new Box(runtime, directory).script("true").create()) {
      Path process = Path.of("/proc/" + box.pid());
      try (var descriptors = Files.list(process.resolve("fd"))) {
        for (Path link : descriptors.filter(Files::isDirectory).toList()) {
          String target = Files.readSymbolicLink(link).toString();
          try (var inside = Files.list(link)) {
            // A procfs of its own pid namespace, in which there is nothing but processes.
            assertTrue(
                inside.allMatch(
                    path -> path.getFileName().toString().matches("\\d+|(thread-)?self")),
                link + " -> " + target);
          }
        }
      }
      assertEquals("/", Files.readSymbolicLink(process.resolve("cwd")).toString());
      assertTrue(Files.isSameFile(process.resolve("root"), box.bundle().rootfs()));
    }
  }
}

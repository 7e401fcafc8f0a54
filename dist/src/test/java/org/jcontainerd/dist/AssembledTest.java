package org.jcontainerd.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs start from where the build leaves them, from a copy, and by a symbolic link. */
class AssembledTest {
  private static final Path HOME = Sources.root().resolve("dist/target/jcontainerd");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {"bin/jcontainerd", "bin/jctl", "bin/jrunc", "bin/containerd-shim-jrunc-v1"})
  void program_askedForItsVersion_printsIt(String program) throws Exception {
    var run = run(HOME.resolve(program), "--version");
    assertEquals(0, run.status(), run.output());
    assertTrue(run.output().contains("0.1.0"), run.output());
  }

  @ParameterizedTest
  @ValueSource(strings = {"jcontainerd", "jctl", "jrunc", "jshim", "cni"})
  void cache_isMade(String program) throws IOException {
    assertTrue(Files.size(HOME.resolve("lib/" + program + ".aot")) > 1_000_000);
  }

  @Test
  void launcher_calledByALink_findsItsHome() throws Exception {
    var link = Files.createSymbolicLink(directory.resolve("jrunc"), HOME.resolve("bin/jrunc"));
    assertEquals(0, run(link, "--version").status());
  }

  private record Run(int status, String output) {}

  private Run run(Path program, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(program.toAbsolutePath().toString());
    command.addAll(List.of(arguments));
    var output = directory.resolve("output");
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "no end of " + command);
    return new Run(process.exitValue(), Files.readString(output, UTF_8));
  }
}

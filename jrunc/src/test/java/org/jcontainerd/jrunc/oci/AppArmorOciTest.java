package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * AppArmor profiles that the kernel enforces (apparmor.d(5)). Needs a kernel that has AppArmor and
 * apparmor_parser, as the machine of {@code bin/test --vm} does.
 */
@Tag("oci")
class AppArmorOciTest {
  private static final Path ENABLED = Path.of("/sys/module/apparmor/parameters/enabled");
  private static final Path PARSER = Path.of("/usr/sbin/apparmor_parser");
  private static final String PROFILE = "jcontainerd-test";
  private static final String OTHER = "jcontainerd-test-other";

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void loadProfiles() throws Exception {
    assumeTrue(
        Files.exists(ENABLED) && Files.readString(ENABLED).startsWith("Y"),
        "this kernel has no AppArmor: bin/test --vm has one");
    assumeTrue(Files.isExecutable(PARSER), "apparmor_parser is not installed");
    runtime = RuntimeUnderTest.open(directory);
    parse("--replace");
  }

  @AfterEach
  void removeProfiles() throws Exception {
    if (runtime != null) {
      parse("--remove");
    }
  }

  /** Both profiles allow everything but to write one file each. */
  private void parse(String action) throws IOException, InterruptedException {
    var text = new StringBuilder();
    for (String name : List.of(PROFILE, OTHER)) {
      text.append("profile ")
          .append(name)
          .append(" flags=(attach_disconnected,mediate_deleted) {\n");
      text.append("  file,\n  capability,\n  network,\n  signal,\n  ptrace,\n  unix,\n");
      text.append("  deny /tmp/").append(name).append(" w,\n}\n");
    }
    Path file = directory.resolve("profiles");
    Files.writeString(file, text);
    Path said = directory.resolve("parser.log");
    var parser =
        new ProcessBuilder(PARSER.toString(), "--skip-cache", action, file.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertEquals(0, parser.waitFor(), () -> action + ": " + read(said));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static final String SHOW = "cat /proc/self/attr/apparmor/current";

  private static String write(String profile) {
    return "echo x > /tmp/" + profile + " && echo written";
  }

  private Box box(String script, String profile) throws Exception {
    return new Box(runtime, directory)
        .script(script)
        .process((ProcessSpec.Builder p) -> p.apparmorProfile(profile));
  }

  @Test
  void profile_ofTheProcess_isEnforced() throws Exception {
    try (Box box = box(SHOW + "; " + write(OTHER) + "; " + write(PROFILE), PROFILE)) {
      var result = box.tryRun();
      assertEquals(PROFILE + " (enforce)\nwritten\n", result.stdout(), result.said());
      assertTrue(result.stderr().contains("Permission denied"), result.said());
    }
  }

  @Test
  void profile_withoutNoNewPrivileges_isEnforced() throws Exception {
    try (Box box = box(SHOW, PROFILE)) {
      box.process(p -> p.noNewPrivileges(false));
      assertEquals(PROFILE + " (enforce)\n", box.run(0));
    }
  }

  @Test
  void exec_hasTheContainersProfile() throws Exception {
    try (Box box = box("sleep 100", PROFILE)) {
      box.create().start();
      var result = box.exec(List.of(), "sh", "-c", SHOW + "; " + write(PROFILE));
      assertEquals(PROFILE + " (enforce)\n", result.stdout(), result.said());
      assertNotEquals(0, result.code(), result.said());
    }
  }

  @Test
  void exec_withAProfileOfItsOwn_hasThat() throws Exception {
    try (Box box = box("sleep 100", PROFILE)) {
      box.create().start();
      var result = box.exec(List.of("--apparmor", OTHER), "sh", "-c", SHOW);
      assertEquals(OTHER + " (enforce)\n", result.stdout(), result.said());
    }
  }

  @Test
  void profile_thatIsNotLoaded_isRefusedAndLeavesNothing() throws Exception {
    try (Box box = box("true", "jcontainerd-test-missing")) {
      var result = box.tryRun();
      assertNotEquals(0, result.code(), result.said());
      assertTrue(
          result.stderr().toLowerCase(java.util.Locale.ROOT).contains("apparmor"), result.said());
      if (runtime.isOurs()) {
        assertTrue(
            result.stderr().contains("process.apparmorProfile: no such profile is loaded"),
            result.said());
      }
      assertNotEquals(0, box.tryVerb("state").code());
    }
  }
}

package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jcontainerd.testing.runtime.Locations;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * CVE-2019-5736: the image makes the runtime run itself inside of the container, or waits for it,
 * to overwrite the program of the host. The other half, a process that opens {@code /proc/N/exe} of
 * whatever enters, is in {@link ExecRaceOciTest}.
 */
@Tag("oci")
class HostBinaryOciTest {
  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  /** What of the host runs when a container is made: its contents by their names. */
  private static Map<String, String> programs() throws Exception {
    var digests = new TreeMap<String, String>();
    Path java = Path.of(System.getProperty("java.home"));
    var files =
        List.of(
            java.resolve("bin/java"),
            java.resolve("lib/libjli.so"),
            Locations.home().resolve("lib/jrunc-init"),
            Path.of(System.getProperty("oci.runtime", "/usr/bin/busybox")));
    for (Path file : files) {
      digests.put(file.toString(), digest(file));
    }
    return digests;
  }

  private static String digest(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void entrypoint_thatIsTheRuntimeItself_runsNothingOfTheHost() throws Exception {
    var before = programs();
    try (Box box = new Box(runtime, directory)) {
      script(box.bundle().rootfs().resolve("bin/again"), "#!/proc/self/exe\n");
      for (String program : List.of("/proc/self/exe", "/bin/again", "/proc/1/exe")) {
        var result = box.args(program).tryRun();
        assertNotEquals(0, result.code(), program + ": " + result.said());
        assertFalse(result.stdout().contains("OCI"), program + ": " + result.said());
      }
    }
    assertEquals(before, programs());
  }

  @Test
  void exec_ofTheRuntimeItself_runsNothingOfTheHost() throws Exception {
    var before = programs();
    try (Box box = new Box(runtime, directory).script("sleep 100")) {
      script(box.bundle().rootfs().resolve("bin/again"), "#!/proc/self/exe\n");
      box.create().start();
      for (String program : List.of("/proc/self/exe", "/bin/again")) {
        var result = box.exec(List.of(), program);
        assertNotEquals(0, result.code(), program + ": " + result.said());
      }
    }
    assertEquals(before, programs());
  }
}

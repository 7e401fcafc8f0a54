package org.jcontainerd.linux.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Attaches programs to a cgroup of this machine's unified tree, whatever controllers it has. */
@Tag("root")
class DeviceProgramsRootTest {
  /** {@code r0 = 0; exit}. */
  private static final byte[] NONE = HexFormat.of().parseHex("b7000000000000009500000000000000");

  /** {@code r0 = 1; exit}. */
  private static final byte[] ALL = HexFormat.of().parseHex("b7000000010000009500000000000000");

  private Path cgroup;

  @BeforeEach
  void make() throws IOException {
    Path tree = CgroupLayout.detect().unified().orElseThrow().mountPoint();
    cgroup = Files.createDirectory(tree.resolve("device-programs-test"));
  }

  @AfterEach
  void remove() throws IOException {
    Files.delete(cgroup);
  }

  /** The exit status of a shell that enters the cgroup and opens /dev/zero. */
  private int open() throws IOException, InterruptedException {
    String script = "echo 0 > " + cgroup + "/cgroup.procs && : < /dev/zero";
    return new ProcessBuilder("sh", "-c", script)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Test
  void replace_sameOwner_leavesOneProgramThatDecides() throws Exception {
    assertEquals(0, open());
    DevicePrograms.replace(cgroup, NONE, "mine");
    assertEquals(List.of("mine"), DevicePrograms.names(cgroup));
    assertTrue(open() > 0);
    DevicePrograms.replace(cgroup, ALL, "mine");
    assertEquals(List.of("mine"), DevicePrograms.names(cgroup));
    assertEquals(0, open());
  }

  @Test
  void replace_besideAnotherOwner_bothDecide() throws Exception {
    DevicePrograms.replace(cgroup, NONE, "theirs");
    DevicePrograms.replace(cgroup, ALL, "mine");
    assertEquals(List.of("theirs", "mine"), DevicePrograms.names(cgroup));
    assertTrue(open() > 0, "the consent of both is needed");
    DevicePrograms.replace(cgroup, ALL, "theirs");
    assertEquals(0, open());
  }

  @Test
  void replace_refusedByTheVerifier_saysWhyAndLeavesTheOldOne() throws Exception {
    DevicePrograms.replace(cgroup, NONE, "mine");
    byte[] noExit = HexFormat.of().parseHex("b700000000000000");
    var failure =
        assertThrows(LinuxException.class, () -> DevicePrograms.replace(cgroup, noExit, "mine"));
    assertTrue(failure.is(Errno.EINVAL), failure::getMessage);
    assertTrue(failure.getMessage().contains("not an exit"), failure::getMessage);
    assertEquals(List.of("mine"), DevicePrograms.names(cgroup));
    assertTrue(open() > 0);
  }
}

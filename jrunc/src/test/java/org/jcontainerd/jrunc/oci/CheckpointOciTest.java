package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.runtime.Hook;
import org.jcontainerd.oci.runtime.Hooks;
import org.jcontainerd.oci.runtime.Mount;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** runc-checkpoint(8), runc-restore(8), with a real criu(8). */
@Tag("oci")
class CheckpointOciTest {
  /** Counts in a variable of the shell, which only lives on if its memory does. */
  private static final String COUNT =
      "i=0; while true; do i=$((i+1)); echo $i > /n.next; mv /n.next /n; sleep 0.05; done";

  private static final Path PEERS =
      Path.of(System.getProperty("jcontainerd.basedir", "."), "target/peers/bin");

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
    assumeTrue(
        Files.isExecutable(PEERS.resolve("criu")), "criu: no release of it works on this kernel");
    assumeFalse(runtime.name().equals("crun"), "crun: the distribution builds it without criu");
  }

  /** A container that runs, with nothing of the host's open. */
  private Box running(Box box) throws IOException {
    var created =
        runtime.throughShell(
            "exec < /dev/null > /dev/null 2> /dev/null",
            "run",
            "--detach",
            "--bundle",
            box.bundle().directory().toString(),
            box.id());
    assertEquals(0, created.code(), created.said());
    return box;
  }

  private RuntimeUnderTest.Result criu(String... words) throws IOException {
    // for iptables, of which the machine's own fits its libraries better than a peer's
    var environment = new HashMap<>(Map.of("PATH", System.getenv("PATH") + ":" + PEERS));
    if (Files.readString(Path.of("/proc/cpuinfo")).contains("QEMU TCG")) {
      // Its debug registers make the kernel panic: criu goes without breakpoints.
      environment.put("CRIU_FAULT", "130");
    }
    return runtime.runWith(environment, List.of("--criu", PEERS.resolve("criu").toString()), words);
  }

  private RuntimeUnderTest.Result checkpoint(Box box, String... options) throws IOException {
    var words = new ArrayList<>(List.of("checkpoint", "--image-path", images(box)));
    words.addAll(Arrays.asList(options));
    words.add(box.id());
    return criu(words.toArray(String[]::new));
  }

  private RuntimeUnderTest.Result restore(Box box) throws IOException {
    return criu(
        "restore",
        "--detach",
        "--image-path",
        images(box),
        "--bundle",
        box.bundle().directory().toString(),
        box.id());
  }

  private String images(Box box) {
    return directory.resolve("images-" + box.id()).toString();
  }

  private static int count(Box box) throws IOException {
    return Integer.parseInt(Files.readString(box.bundle().rootfs().resolve("n")).strip());
  }

  private static void awaitCountAbove(Box box, int bound) throws IOException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!Files.exists(box.bundle().rootfs().resolve("n")) || count(box) <= bound) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("counter is not above " + bound + " within 20 s");
      }
    }
  }

  @Test
  void checkpoint_thenRestore_goesOnWhereItWas() throws Exception {
    try (Box box = running(new Box(runtime, directory).script(COUNT))) {
      awaitCountAbove(box, 20);
      var saved = checkpoint(box);
      assertEquals(0, saved.code(), saved.said());
      assertEquals(1, box.tryVerb("state").code(), "the container is gone");
      assertEquals(List.of(), box.cgroups());
      int before = count(box);

      var back = restore(box);
      assertEquals(0, back.code(), back.said());
      assertEquals("running", box.status());
      awaitCountAbove(box, before + 2);
      assertTrue(count(box) < before + 10_000, "counts on, not from elsewhere");
      var exec = box.exec(List.of(), "sh", "-c", "cat /proc/1/cmdline");
      assertEquals(0, exec.code(), exec.said());
      assertTrue(exec.stdout().contains("mv /n.next /n"), exec.said());
      assertFalse(box.cgroups().isEmpty());
      box.verb("delete", "--force");
      var again = restore(box);
      if (runtime.isOurs()) { // runc 1.1 does not always succeed
        assertEquals(0, again.code(), "images can be used again: " + again.said());
      }
    }
  }

  @Test
  void checkpoint_leaveRunning_leavesItRunning() throws Exception {
    try (Box box = running(new Box(runtime, directory).script(COUNT))) {
      awaitCountAbove(box, 5);
      int pid = box.pid();
      var saved = checkpoint(box, "--leave-running", "--work-path", directory + "/work");
      assertEquals(0, saved.code(), saved.said());
      assertEquals(pid, box.pid());
      assertEquals("running", box.status());
      awaitCountAbove(box, count(box) + 2);
      assertTrue(Files.exists(directory.resolve("work/dump.log")));
    }
  }

  @Test
  void restore_bindMountsMasksAndTmpfs_areThereAgain() throws Exception {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    Path file = Files.writeString(directory.resolve("file"), "of the host\n");
    try (Box box = new Box(runtime, directory).script("echo kept > /dev/shm/a; " + COUNT)) {
      box.change(spec -> {
        var mounts = new ArrayList<>(spec.mounts());
        mounts.add(Mount.of("/shared", "bind", shared.toString(), "rbind", "rw"));
        mounts.add(Mount.of("/etc/file", "bind", file.toString(), "bind", "ro"));
        return spec.toBuilder().mounts(mounts).build();
      });
      box.linux(linux -> linux.maskedPaths(List.of("/etc/passwd", "/sys/firmware")));
      running(box);
      awaitCountAbove(box, 2);
      var saved = checkpoint(box);
      assertEquals(0, saved.code(), saved.said());
      var back = restore(box);
      assertEquals(0, back.code(), back.said());
      var exec =
          box.exec(
              List.of(),
              "sh",
              "-c",
              "cat /dev/shm/a /etc/file; echo x > /shared/y; wc -c < /etc/passwd; ls /sys/firmware");
      assertEquals("kept\nof the host\n0\n", exec.stdout(), exec.said());
      assertEquals("x\n", Files.readString(shared.resolve("y")));
    }
  }

  @Test
  void restore_rootWithoutMountPoints_makesThem() throws Exception {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    try (Box box = new Box(runtime, directory).script(COUNT)) {
      box.change(spec -> {
        var mounts = new ArrayList<>(spec.mounts());
        mounts.add(Mount.of("/deep/er", "bind", shared.toString(), "rbind"));
        return spec.toBuilder().mounts(mounts).build();
      });
      running(box);
      awaitCountAbove(box, 2);
      var saved = checkpoint(box);
      assertEquals(0, saved.code(), saved.said());
      Files.delete(box.bundle().rootfs().resolve("deep/er"));
      Files.delete(box.bundle().rootfs().resolve("deep"));
      var back = restore(box);
      assertEquals(0, back.code(), back.said());
      assertEquals(0, box.exec(List.of(), "touch", "/deep/er/there").code());
      assertTrue(Files.exists(shared.resolve("there")));
    }
  }

  @Test
  void restore_runsTheHooksOfTheNewNamespaces() throws Exception {
    Path said = directory.resolve("said");
    try (Box box = new Box(runtime, directory).script(COUNT)) {
      var hook =
          new Hook("/bin/sh", List.of("sh", "-c", "cat >> " + said), List.of(), Optional.empty());
      box.change(
          s -> s.toBuilder().hooks(Hooks.builder().createRuntime(List.of(hook)).build()).build());
      running(box);
      awaitCountAbove(box, 2);
      assertEquals(0, checkpoint(box).code());
      Files.delete(said);
      var back = restore(box);
      assertEquals(0, back.code(), back.said());
      assertTrue(Files.readString(said).contains(box.id()));
    }
  }

  @Test
  void checkpoint_notRunning_isRefused() throws Exception {
    try (Box box = new Box(runtime, directory).script("true")) {
      box.create();
      var created = checkpoint(box);
      assertEquals(1, created.code(), created.said());
      assertTrue(
          created.stderr().contains("cannot be checkpointed in created state"), created.said());
      box.start().awaitStatus("stopped");
      var stopped = checkpoint(box);
      assertEquals(1, stopped.code(), stopped.said());
      assertTrue(
          stopped.stderr().contains("cannot be checkpointed in stopped state"), stopped.said());
    }
  }

  @Test
  void restore_noImages_isRefusedAndLeavesNothing() throws Exception {
    try (Box box = new Box(runtime, directory).script("true")) {
      Files.createDirectory(Path.of(images(box)));
      var refused = restore(box);
      assertEquals(1, refused.code(), refused.said());
      assertTrue(refused.stderr().contains("descriptors.json"), refused.said());
      assertEquals(1, box.tryVerb("state").code());
    }
  }

  @Test
  void restore_idTaken_isRefused() throws Exception {
    try (Box box = running(new Box(runtime, directory).script(COUNT))) {
      awaitCountAbove(box, 2);
      assertEquals(0, checkpoint(box, "--leave-running").code());
      int pid = box.pid();
      var refused = restore(box);
      assertEquals(1, refused.code(), refused.said());
      assertTrue(refused.stderr().contains("exist"), refused.said());
      assertEquals(pid, box.pid(), "the container that has the id is untouched");
    }
  }

  @Test
  void checkpoint_noCriu_namesIt() throws Exception {
    assumeTrue(runtime.isOurs(), runtime.name() + ": says it otherwise, or not at all");
    try (Box box = running(new Box(runtime, directory).script(COUNT))) {
      awaitCountAbove(box, 2);
      var refused =
          runtime.runWith(
              Map.of("PATH", "/nowhere"),
              List.of(),
              "checkpoint",
              "--image-path",
              images(box),
              box.id());
      assertEquals(1, refused.code(), refused.said());
      assertTrue(
          refused.stderr().contains("no program 'criu' along PATH; install criu"), refused.said());
      assertEquals("running", box.status());
    }
  }

  @Test
  void restore_damagedImages_saysWhyAndLeavesNothing() throws Exception {
    try (Box box = running(new Box(runtime, directory).script(COUNT))) {
      awaitCountAbove(box, 2);
      assertEquals(0, checkpoint(box).code());
      Files.writeString(Path.of(images(box), "pstree.img"), "garbage");
      var refused = restore(box);
      assertEquals(1, refused.code(), refused.said());
      assertTrue(refused.stderr().contains("restore.log"), refused.said());
      assertEquals(1, box.tryVerb("state").code());
      assertEquals(List.of(), box.cgroups());
    }
  }
}

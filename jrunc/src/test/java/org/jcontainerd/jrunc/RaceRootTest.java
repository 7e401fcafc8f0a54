package org.jcontainerd.jrunc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.jrunc.oci.Attacker;
import org.jcontainerd.jrunc.oci.Canary;
import org.jcontainerd.jrunc.oci.TestBundle;
import org.jcontainerd.linux.fs.DeviceNumber;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.FileType;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The races of {@code RaceOciTest} by the thousand, through the library as a shim uses it. {@code
 * -Djrunc.race.rounds=N} containers for each thing that is exchanged.
 */
@Tag("root")
class RaceRootTest {
  private static final int ROUNDS = Integer.getInteger("jrunc.race.rounds", 100);
  private static final int HIGHEST_DESCRIPTOR = 64;

  @TempDir Path directory;
  private final List<String> warnings = new ArrayList<>();
  private KernelWaiter waiter;
  private Jrunc jrunc;
  private TestBundle bundle;
  private Canary canary;

  @BeforeEach
  void open() throws Exception {
    waiter = KernelWaiter.start("test", (what, failure) -> failure.printStackTrace());
    jrunc = Jrunc.open(JruncOptions.daemon(directory.resolve("state"), waiter, warnings::add));
    bundle = TestBundle.create(directory.resolve("bundle"));
    canary = Canary.make(directory.resolve("host"));
  }

  @AfterEach
  void close() throws Exception {
    jrunc.close();
    waiter.close();
    assertFalse(Files.exists(directory.resolve("state/c1")), "state left");
  }

  private interface Check {
    void of(ContainerInfo container, Path process) throws Exception;
  }

  /** Makes a container; one that waits for its start is looked at and removed. */
  private boolean create(Spec spec, Check check) throws Exception {
    var stdio = new Stdio.KeeperPipes(false, false, false);
    try (KeeperClient _ =
        jrunc
            .create(CreateRequest.kept("c1", bundle.directory(), Optional.of(spec), stdio))
            .keeper()
            .orElseThrow()) {
      ContainerInfo info = jrunc.info("c1");
      check.of(info, Path.of("/proc", Integer.toString(info.pid().orElseThrow())));
      jrunc.delete("c1", true); // ends the keeper as well
    } catch (RuncFailure e) {
      assertEquals(0, e.getSuppressed().length, () -> "undo failed: " + e.getSuppressed()[0]);
      return false;
    }
    removeRecords(bundle.directory().resolve("init"));
    return true;
  }

  private static void removeRecords(Path records) throws IOException {
    try (var files = Files.list(records)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(records);
  }

  private void race(Spec spec, Path one, Path other, Check check) throws Exception {
    int made = 0;
    try (Attacker attacker = Attacker.exchange(directory, one, other)) {
      for (int i = 0; i < ROUNDS; i++) {
        made += create(spec, check) ? 1 : 0;
        canary.assertUntouched("round " + i);
      }
      attacker.assertRaced(10L * ROUNDS);
      System.out.printf(
          "race for %s: %d of %d containers made, %d exchanges%n",
          one.getFileName(), made, ROUNDS, attacker.exchanges());
    }
  }

  private static Spec mounting(Mount... more) {
    Spec spec = TestBundle.spec("true");
    var mounts = new ArrayList<>(spec.mounts());
    mounts.addAll(List.of(more));
    return spec.toBuilder().mounts(mounts).build();
  }

  private static List<String> points(Path process) throws IOException {
    return Files.readAllLines(process.resolve("mountinfo")).stream()
        .map(line -> line.split(" ")[4])
        .toList();
  }

  /** CVE-2021-30465, CVE-2024-45310. */
  @Test
  void mountTarget_thatIsExchanged_staysInTheRoot() throws Exception {
    Path race = Files.createDirectory(bundle.rootfs().resolve("race"));
    Path link = Files.createSymbolicLink(bundle.rootfs().resolve("link"), canary.directory());
    String source = Files.createDirectory(directory.resolve("source")).toString();
    Spec spec =
        mounting(
            Mount.of("/race/inner/made", "bind", source, "bind"),
            Mount.of("/race/t", "tmpfs", "tmpfs"));
    race(
        spec,
        race,
        link,
        (_, process) ->
            assertTrue(
                points(process).stream()
                    .noneMatch(point -> point.contains(canary.directory() + "/"))));
  }

  /** A directory for /dev that another container has as well. */
  private Path sharedDev() throws IOException {
    Path dev = Files.createDirectory(directory.resolve("dev"));
    try (Directory open = Directory.open(dev)) {
      open.makeNode("null", FileType.CHARACTER_DEVICE, 0666, new DeviceNumber(1, 3));
    }
    for (String name : List.of("pts", "shm", "mqueue")) {
      Files.createDirectory(dev.resolve(name));
    }
    return dev;
  }

  /** CVE-2025-31133. */
  @Test
  void maskedPath_whoseNullDeviceIsExchanged_isHiddenOrRefused() throws Exception {
    Path dev = sharedDev();
    Path link = Files.createSymbolicLink(dev.resolve("link"), Path.of("/proc/sys/kernel/msgmax"));
    Spec spec = mounting(Mount.of("/dev", "bind", dev.toString(), "bind"));
    race(
        spec,
        dev.resolve("null"),
        link,
        (_, process) -> assertEquals("1:3", device(process.resolve("root/proc/keys"))));
  }

  private static String device(Path file) throws IOException {
    long device = (Long) Files.getAttribute(file, "unix:rdev");
    return new DeviceNumber((int) (device >> 8 & 0xFFF), (int) (device & 0xFF)).toString();
  }

  /** What was checked to be the root is the root. */
  @Test
  void root_thatIsExchanged_isTheOneThatWasChecked() throws Exception {
    Path other = TestBundle.create(directory.resolve("other")).rootfs();
    Path link = Files.createSymbolicLink(bundle.directory().resolve("link"), other);
    Object inode = Files.getAttribute(other, "unix:ino");
    race(
        TestBundle.spec("true"),
        bundle.rootfs(),
        link,
        (info, process) ->
            assertEquals(
                info.rootfs().equals(other),
                inode.equals(Files.getAttribute(process.resolve("root"), "unix:ino"))));
  }

  /** What is bound is one thing or the other, on a place that was made for it. */
  @Test
  void bindSource_thatIsExchanged_isOneOrTheOther() throws Exception {
    Path source = Files.createDirectory(directory.resolve("data"));
    Path file = Files.writeString(directory.resolve("file"), "file\n");
    Spec spec =
        mounting(
            Mount.of("/made", "tmpfs", "tmpfs"),
            Mount.of("/made/bound", "bind", source.toString(), "bind", "ro"));
    var made = new ArrayList<Boolean>();
    race(
        spec,
        source,
        file,
        (_, process) -> made.add(Files.isDirectory(process.resolve("root/made/bound"))));
    assertEquals(ROUNDS, made.size(), "a source that is there at all times was not found");
    assertTrue(made.contains(true) && made.contains(false), "no race");
  }

  /** CVE-2024-21626, for each number that could be a directory of ours. */
  @Test
  void cwd_throughDescriptors_isRefused() throws Exception {
    Spec spec = TestBundle.spec("sleep", "100");
    for (int number = 3; number <= HIGHEST_DESCRIPTOR; number++) {
      Spec leaking = spec.toBuilder().process(in("/proc/self/fd/" + number)).build();
      assertFalse(create(leaking, (_, _) -> {}), "create in descriptor " + number);
    }
    boolean _ =
        create(
            spec,
            (_, _) -> {
              jrunc.start("c1");
              for (int number = 3; number <= HIGHEST_DESCRIPTOR; number++) {
                String cwd = "/proc/self/fd/" + number;
                var request =
                    ExecRequest.kept(
                        "c1", in(cwd), new Stdio.KeeperPipes(false, false, false), "e" + number);
                var failure = assertThrows(RuncFailure.class, () -> jrunc.exec(request), cwd);
                assertTrue(
                    String.valueOf(failure.getMessage()).contains("chdir"), failure::getMessage);
              }
            });
  }

  private static ProcessSpec in(String directory) {
    return TestBundle.spec("true").process().orElseThrow().toBuilder().cwd(directory).build();
  }
}

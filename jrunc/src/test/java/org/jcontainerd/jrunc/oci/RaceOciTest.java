package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.linux.fs.DeviceNumber;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.FileType;
import org.jcontainerd.oci.runtime.Mount;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody exchanges a file for a link some hundred thousand times a second while containers are
 * made. {@code -Doci.race.rounds=N} containers for each thing that is exchanged; {@code
 * RaceRootTest} has thousands, through the library.
 */
@Tag("oci")
class RaceOciTest {
  private static final int ROUNDS = Integer.getInteger("oci.race.rounds", 20);

  /** Of one race, and so at least some thousand for each container. */
  private static final long LEAST_EXCHANGES = 10_000;

  @TempDir Path directory;
  private RuntimeUnderTest runtime;
  private Canary canary;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
    canary = Canary.make(directory.resolve("host"));
  }

  private interface Check {
    void of(RuntimeUnderTest.Result result) throws Exception;
  }

  /**
   * Runs the container while the attacker is at work; whatever it answers, the host is as it was.
   */
  private void race(Box box, Path one, Path other, Check check) throws Exception {
    int started = 0;
    try (box;
        Attacker attacker = Attacker.exchange(directory, one, other)) {
      for (int i = 0; i < ROUNDS; i++) {
        var result = box.tryRun();
        check.of(result);
        canary.assertUntouched("round " + i + ": " + result.said());
        if (result.code() == 0) {
          started++;
        } else if (runtime.isOurs()) {
          assertEquals(1, result.stderr().lines().count(), result.said());
          assertFalse(result.stderr().contains("internal error"), result.said());
        }
      }
      attacker.assertRaced(LEAST_EXCHANGES);
      System.out.printf(
          "race for %s: %d of %d containers started, %d exchanges%n",
          one.getFileName(), started, ROUNDS, attacker.exchanges());
    }
  }

  private Mount bind(String target) throws IOException {
    Path source = Files.createDirectories(directory.resolve("source"));
    return Mount.of(target, "bind", source.toString(), "bind");
  }

  /**
   * CVE-2021-30465, CVE-2024-45310: another container shares the directory below which we mount.
   */
  @Test
  void mountTarget_thatIsExchanged_staysInTheRoot() throws Exception {
    boolean old = runtime.name().equals("runc");
    assumeTrue(!old, "runc 1.1 makes directories outside of the root (CVE-2024-45310)");
    Box box =
        new Box(runtime, directory)
            .script("echo started; ls -a /race /link 2> /dev/null; exit 0")
            .mounting(
                bind("/race/inner/made"),
                Mount.of("/race/t", "tmpfs", "tmpfs", "mode=755"),
                bind("/race/inner/x/y"));
    Path race = Files.createDirectory(box.bundle().rootfs().resolve("race"));
    Path link = box.bundle().rootfs().resolve("link");
    Files.createSymbolicLink(link, canary.directory());
    race(
        box,
        race,
        link,
        result -> assertFalse(result.stdout().contains(Canary.FILE), result.said()));
  }

  /**
   * CVE-2025-31133: paths are hidden behind /dev/null, which in a shared /dev becomes a link to
   * something that may be written to.
   */
  @Test
  void maskedPath_whoseNullDeviceIsExchanged_isHiddenOrRefused() throws Exception {
    assumeTrue(runtime.isOurs(), runtime.name() + " of this release takes what is at /dev/null");
    Path dev = sharedDev();
    Box box =
        new Box(runtime, directory)
            .script("stat -c 'masked %t:%T' /proc/keys /proc/timer_list; exit 0")
            .linux(l -> l.maskedPaths(List.of("/proc/keys", "/proc/timer_list")));
    Path link = Files.createSymbolicLink(dev.resolve("link"), Path.of("/proc/sys/kernel/msgmax"));
    race(
        box,
        dev.resolve("null"),
        link,
        result -> {
          if (result.code() == 0) {
            assertEquals("masked 1:3\nmasked 1:3\n", result.stdout(), result.said());
          }
        });
  }

  /** In the place of the container's own /dev, below which there are other mounts. */
  private static Box sharing(Box box, Path dev) throws IOException {
    return box.change(spec ->
        spec.toBuilder()
            .mounts(
                spec.mounts().stream()
                    .map(mount ->
                        mount.destination().equals("/dev")
                            ? Mount.of("/dev", "bind", dev.toString(), "bind")
                            : mount)
                    .toList())
            .build());
  }

  /** A directory for /dev with what a container needs there. */
  private Path sharedDev() throws IOException {
    Path dev = Files.createDirectories(directory.resolve("dev"));
    try (Directory open = Directory.open(dev)) {
      open.makeNode("null", FileType.CHARACTER_DEVICE, 0666, new DeviceNumber(1, 3));
      open.changeMode("null", 0666);
    }
    for (String name : List.of("pts", "shm", "mqueue")) {
      Files.createDirectory(dev.resolve(name));
    }
    Files.createSymbolicLink(dev.resolve("ptmx"), Path.of("pts/ptmx"));
    return dev;
  }

  /** CVE-2025-52565: the terminal is bound over /dev/console, which becomes a link. */
  @Test
  void console_thatIsExchanged_isBoundThereOrNowhere() throws Exception {
    assumeTrue(
        runtime.isOurs(),
        runtime.name() + " of this release fails while /dev/console is exchanged, or follows it");
    Path dev = sharedDev();
    Path console = Files.createFile(dev.resolve("console"));
    Path link = Files.createSymbolicLink(dev.resolve("link"), Path.of("/etc/target"));
    Box box = new Box(runtime, directory).script("true").process(p -> p.terminal(true));
    Files.createFile(sharing(box, dev).bundle().rootfs().resolve("etc/target"));
    Path socket = directory.resolve("c.sock");
    int bound = 0;
    String refused = "";
    try (box;
        var _ = Console.listen(socket);
        Attacker attacker = Attacker.exchange(directory, console, link)) {
      for (int i = 0; i < ROUNDS || bound == 0 && i < 10 * ROUNDS; i++) {
        var result = box.tryCreate("--console-socket", socket.toString());
        if (result.code() == 0) {
          String mounts = Files.readString(Path.of("/proc/" + box.pid() + "/mountinfo"));
          assertFalse(mounts.contains("/etc/target "), mounts);
          bound += mounts.contains(" /dev/console ") ? 1 : 0;
        } else {
          refused = result.said();
        }
        canary.assertUntouched("round " + i + ": " + result.said());
        var _ = box.tryVerb("delete", "--force");
      }
      attacker.assertRaced(LEAST_EXCHANGES);
      System.out.printf("race for the console: %d of %d bound%n", bound, ROUNDS);
      assertTrue(bound > 0, "no race: " + refused);
    }
  }

  /**
   * What was checked to be the root is the root: a path whose end became a link is not followed.
   */
  @Test
  void root_thatIsExchanged_isTheOneThatWasChecked() throws Exception {
    assumeTrue(runtime.isOurs(), runtime.name() + " resolves the path a second time");
    Box box = new Box(runtime, directory).script("true");
    Path root = box.bundle().rootfs();
    Path other = TestBundle.create(directory.resolve("other")).rootfs();
    Path link = Files.createSymbolicLink(box.bundle().directory().resolve("link"), other);
    Object otherInode = Files.getAttribute(other, "unix:ino");
    int elsewhere = 0;
    try (box;
        Attacker attacker = Attacker.exchange(directory, root, link)) {
      for (int i = 0; i < ROUNDS; i++) {
        var result = box.tryCreate();
        if (result.code() == 0) {
          boolean checked = Box.text(box.state(), "rootfs").equals(other.toString());
          Path used = Path.of("/proc/" + box.pid() + "/root");
          assertEquals(checked, otherInode.equals(Files.getAttribute(used, "unix:ino")));
          elsewhere += checked ? 1 : 0;
        }
        canary.assertUntouched("round " + i + ": " + result.said());
        var _ = box.tryVerb("delete", "--force");
      }
      attacker.assertRaced(LEAST_EXCHANGES);
      System.out.printf("race for the root: %d of %d in the other%n", elsewhere, ROUNDS);
    }
  }

  /** What is bound is what was looked at: a directory that becomes a file is one or the other. */
  @Test
  void bindSource_thatIsExchanged_isOneOrTheOther() throws Exception {
    Path source = Files.createDirectories(directory.resolve("data"));
    Files.writeString(source.resolve("inside"), "x");
    Path file = Files.writeString(directory.resolve("file"), "file\n");
    Box box =
        new Box(runtime, directory)
            .script("if test -d /made/bound; then ls /made/bound; else cat /made/bound; fi")
            .mounting(
                Mount.of("/made", "tmpfs", "tmpfs"),
                Mount.of("/made/bound", "bind", source.toString(), "bind", "ro"));
    race(
        box,
        source,
        file,
        result -> {
          if (runtime.isOurs()) { // it opens the source once; others look first and may then fail
            assertEquals(0, result.code(), result.said());
          }
          if (result.code() == 0) {
            assertTrue(result.stdout().matches("inside\n|file\n"), result.said());
          }
        });
  }
}

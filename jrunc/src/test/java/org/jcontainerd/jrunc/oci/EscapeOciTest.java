package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jcontainerd.oci.runtime.Mount;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images whose directories are links, and a /proc that is none. Either the container starts with
 * everything inside of its root, or create refuses with a clear error; the host is as it was.
 */
@Tag("oci")
class EscapeOciTest {
  @TempDir Path directory;
  private RuntimeUnderTest runtime;
  private Canary canary;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
    canary = Canary.make(directory.resolve("host"));
  }

  /** Where a link of the image leads to; the host has a {@code /root} as well as the image. */
  private Map<String, String> links(String name) {
    return Map.of(
        "absolute",
        canary.directory().toString(),
        "relative",
        "../../../../../../../../.." + canary.directory(),
        "dangling",
        canary.directory().resolve("missing").toString(),
        "looping",
        name,
        "inside",
        "/root");
  }

  /** Below every directory that may be a link there is something to mount or to make. */
  private Box box() throws Exception {
    String source = Files.createDirectories(directory.resolve("source")).toString();
    String script = "for d in / /dev /proc /sys /etc /run /tmp /data /data/a; do ls -a $d; done";
    return new Box(runtime, directory)
        .script(script + " 2> /dev/null; exit 0")
        .mounting(
            Mount.of("/etc/conf", "bind", source, "bind"),
            Mount.of("/run/secrets", "tmpfs", "tmpfs", "mode=755"),
            Mount.of("/tmp", "tmpfs", "tmpfs", "tmpcopyup"),
            Mount.of("/data/a/b", "bind", source, "bind", "ro"))
        .linux(l ->
            l.maskedPaths(List.of("/proc/keys", "/etc/canary", "/data/canary"))
                .readonlyPaths(List.of("/proc/sys", "/sys", "/etc/inner", "/data/inner")));
  }

  /** CVE-2021-30465, CVE-2023-27561, CVE-2024-45310, CVE-2026-41579, CVE-2026-47766. */
  @Test
  void directoriesOfTheImage_thatAreLinks_leadNowhereOutside() throws Exception {
    var started = new ArrayList<String>();
    var refused = new ArrayList<String>();
    for (String name : List.of("dev", "proc", "sys", "etc", "run", "tmp", "data")) {
      for (var link : links(name).entrySet()) {
        String which = name + ", " + link.getKey();
        try (Box box = box()) {
          Path place = box.bundle().rootfs().resolve(name);
          remove(place);
          Files.createSymbolicLink(place, Path.of(link.getValue()));
          var result = box.tryRun();
          canary.assertUntouched(which);
          assertFalse(result.stdout().contains(Canary.FILE), which + ": " + result.said());
          (result.code() == 0 ? started : refused).add(which);
          assertOneError(which, result);
        }
      }
    }
    assertFalse(started.isEmpty() || refused.isEmpty(), started + " started, refused " + refused);
    if (runtime.isOurs()) {
      // Where a kernel's file system goes must not be the image's choice.
      assertTrue(started.stream().noneMatch(w -> w.matches("(proc|sys),.*")), started.toString());
      // A name that leads nowhere cannot become a directory without somebody's link being followed.
      assertTrue(started.stream().noneMatch(w -> w.endsWith("looping")), started.toString());
    }
  }

  private static void remove(Path directory) throws Exception {
    if (Files.exists(directory)) {
      try (var all = Files.walk(directory)) {
        for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private void assertOneError(String which, RuntimeUnderTest.Result result) {
    if (result.code() != 0 && runtime.isOurs()) {
      assertEquals(1, result.code(), which + ": " + result.said());
      assertEquals(1, result.stderr().lines().count(), which + ": " + result.said());
      assertTrue(
          result.stderr().matches("(?s).*openat2\\('/[a-z/]+'\\): .*\\[(ELOOP|ENOENT|EXDEV)\\].*"),
          which + ": " + result.said());
    }
  }

  /** CVE-2019-16884, CVE-2019-19921, CVE-2023-28642: labels and sysctls would go to a fake. */
  @Test
  void proc_thatIsNone_isRefused() throws Exception {
    Path fake = Files.createDirectories(directory.resolve("fake"));
    Files.createDirectories(fake.resolve("self/attr"));
    for (Mount mount :
        List.of(
            Mount.of("/proc", "tmpfs", "tmpfs"),
            Mount.of("/proc", "bind", fake.toString(), "rbind"),
            Mount.of("/proc/../proc/", "bind", fake.toString(), "bind"),
            Mount.of("/proc/self/attr", "bind", fake.toString(), "bind"),
            Mount.of("/proc/sys/net", "bind", fake.toString(), "bind"))) {
      try (Box box = new Box(runtime, directory).script("echo started").mounting(mount)) {
        var result = box.tryRun();
        if (runtime.name().equals("crun")) { // 1.8 leaves it to the caller
          continue;
        }
        assertNotEquals(0, result.code(), mount + ": " + result.said());
        assertFalse(result.stdout().contains("started"), mount + ": " + result.said());
        assertTrue(result.stderr().contains("/proc"), mount + ": " + result.said());
      }
    }
  }

  /** CVE-2025-52881: whatever is at /proc, what the runtime writes goes to the kernel. */
  @Test
  void sysctl_behindAHiddenProc_isSetNevertheless() throws Exception {
    assumeFalse(runtime.name().equals("crun"), "crun 1.8 sets what is at /proc, whatever it is");
    String script = "busybox umount /proc/sys; cat /proc/sys/kernel/msgmax; exit 0";
    try (Box box =
        new Box(runtime, directory)
            .script(script)
            .mounting(Mount.of("/proc/sys", "tmpfs", "tmpfs"))
            .linux(l ->
                l.sysctl(Map.of("kernel.msgmax", "4321"))
                    .readonlyPaths(List.of())
                    .maskedPaths(List.of()))
            .process(p -> p.capabilities(Box.holding("CAP_SYS_ADMIN")))) {
      var result = box.tryRun();
      if (runtime.isOurs()) {
        assertTrue(result.stdout().startsWith("4321"), result.said());
      } else { // runc and crun refuse: they write below the container's /proc
        assertNotEquals("4321\n", result.stdout(), result.said());
      }
    }
  }
}

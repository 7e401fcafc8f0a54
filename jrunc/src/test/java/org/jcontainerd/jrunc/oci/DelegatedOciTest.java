package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Containers of an ordinary user to whom a part of the cgroup v2 tree is delegated (cgroup-v2.rst,
 * "Delegation"): by hand, and by a systemd manager of the user's own.
 */
@Tag("oci")
class DelegatedOciTest {
  /** {@code daemon} on every Debian: systemd wants a user that it can look up. */
  private static final int USER = 1;

  private static final long MIB = 1 << 20;
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final IdMapping OWN = new IdMapping(0, USER, 1);
  private static final Resources LIMITS =
      Resources.builder()
          .memory(Memory.builder().limit(64 * MIB).build())
          .pids(new Pids(Optional.of(77L)))
          .build();

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(
        Box.isUnified(), "this host has cgroup v1: bin/test --vm has a machine with v2 alone");
    runtime = RuntimeUnderTest.open(directory).asUser(USER, "");
  }

  private Box box(RuntimeUnderTest user, String cgroupsPath) throws Exception {
    Box box = new Box(user, directory).withoutCgroup().script("sleep 1000");
    box.namespaces("user", "pid", "ipc", "uts", "network");
    return box.linux(l ->
            l.uidMappings(List.of(OWN))
                .gidMappings(List.of(OWN))
                .resources(LIMITS)
                .cgroupsPath(cgroupsPath.replace("ID", box.id())))
        .ownedBy(USER);
  }

  private static Path cgroupOf(Box box) throws IOException {
    String line = Files.readString(Path.of("/proc", Integer.toString(box.pid()), "cgroup")).strip();
    return Path.of(CGROUPS + line.substring("0::".length()));
  }

  private static String content(Path file) throws IOException {
    return Files.readString(file).strip();
  }

  @Test
  void subtreeThatWasGiven_holdsTheLimits() throws Exception {
    Path given = Files.createDirectory(CGROUPS.resolve("jrunc-oci-given"));
    Path self = Files.createDirectory(given.resolve("self"));
    try {
      for (Path each : List.of(given, self)) {
        Files.setAttribute(each, "unix:uid", USER);
        for (String file : List.of("cgroup.procs", "cgroup.subtree_control", "cgroup.threads")) {
          Files.setAttribute(each.resolve(file), "unix:uid", USER);
        }
      }
      try (Box box = box(runtime, "/jrunc-oci-given/ID")) {
        var created =
            runtime.throughShell( // who moves processes must be below what was given
                "echo $$ > " + self.resolve("cgroup.procs"),
                "--root",
                runtime.root().toString(),
                "create",
                "--bundle",
                box.bundle().directory().toString(),
                box.id());
        assertEquals(0, created.code(), created.said());
        Path cgroup = cgroupOf(box);
        assertEquals(given.resolve(box.id()), cgroup);
        assertEquals(Long.toString(64 * MIB), content(cgroup.resolve("memory.max")));
        assertEquals("77", content(cgroup.resolve("pids.max")));
        box.start();
        box.verb("update", "--pids-limit", "55");
        assertEquals("55", content(cgroup.resolve("pids.max")));
        box.verb("pause");
        assertEquals("1", content(cgroup.resolve("cgroup.freeze")));
        box.verb("resume");
        box.verb("delete", "--force");
        assertFalse(Files.exists(cgroup));
      }
    } finally {
      Files.delete(self);
      Files.delete(given);
    }
  }

  /**
   * @param outside whether the caller is in a cgroup from which only the managers can move its
   *     processes to the user's, as in a session of sshd
   */
  @ParameterizedTest(name = "called from outside: {0}")
  @ValueSource(booleans = {false, true})
  void managerOfTheUser_makesAScope(boolean outside) throws Exception {
    assumeTrue(
        Files.isDirectory(Path.of("/run/systemd/system")),
        "systemd does not run here; it does in the virtual machine");
    try (UserManager manager = UserManager.start(USER)) {
      RuntimeUnderTest called = runtime.with(manager.environment());
      RuntimeUnderTest user = outside ? called : called.from(manager.caller());
      try (Box box = box(user, "user.slice:test:ID")) {
        var created =
            user.runWith(
                Map.of(),
                List.of("--systemd-cgroup"),
                "create",
                "--bundle",
                box.bundle().directory().toString(),
                box.id());
        assertEquals(0, created.code(), created.said());
        String unit = "test-" + box.id() + ".scope";
        Path cgroup = manager.cgroup().resolve("user.slice").resolve(unit);
        String below = runtime.name().equals("crun") ? "container" : ""; // of its own making
        assertEquals(cgroup.resolve(below), cgroupOf(box));
        assertEquals("active", manager.show(unit, "ActiveState"));
        assertEquals("77", manager.show(unit, "TasksMax"));
        assertEquals(Long.toString(64 * MIB), content(cgroup.resolve("memory.max")));
        assertEquals("77", content(cgroup.resolve("pids.max")));
        box.start();
        if (!outside || !runtime.name().equals("crun")) { // crun is denied it
          var inside = box.exec(List.of(), "cat", "/proc/self/cgroup");
          assertEquals(0, inside.code(), inside.said());
          if (!runtime.name().equals("runc")) { // runc 1.1 leaves it where its caller is
            String at = inside.stdout().strip();
            assertTrue(runtime.isOurs() ? at.endsWith(unit) : at.contains(unit), inside.said());
          }
        }
        box.verb("update", "--pids-limit", "55");
        assertEquals("55", manager.show(unit, "TasksMax"));
        assertEquals("55", content(cgroup.resolve("pids.max")));
        box.verb("delete", "--force");
        assertEquals("not-found", manager.show(unit, "LoadState"));
        assertFalse(Files.exists(cgroup));
      }
    }
  }
}

package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.runtime.Hook;
import org.jcontainerd.oci.runtime.Hooks;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.User;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers of an ordinary user, who is made up by the test, with and without subordinate ids. */
@Tag("oci")
class RootlessOciTest {
  private static final int USER = 54321;
  private static final String[] NAMESPACES = {"user", "pid", "ipc", "uts", "network"};
  private static final IdMapping OWN = new IdMapping(0, USER, 1);
  private static final IdMapping SUBORDINATE = new IdMapping(1, 300_000, 65_536);

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory).asUser(USER, USER + ":300000:65536\n");
  }

  /** What {@code spec --rootless} gives: no group of the terminals, the host's sysfs. */
  private Box box(String script, IdMapping... mappings) throws Exception {
    Box box = new Box(runtime, directory).withoutCgroup().script(script).namespaces(NAMESPACES);
    return box.linux(l -> l.uidMappings(List.of(mappings)).gidMappings(List.of(mappings)))
        .ownedBy(USER);
  }

  @Test
  void ownId_isMappedToRoot_withoutGroups() throws Exception {
    try (Box box =
        box(
            "id -u; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; echo x > /made;"
                + " echo x > /dev/null && echo device; hostname",
            OWN)) {
      List<String> lines =
          box.run(0).lines().map(line -> line.strip().replaceAll(" +", " ")).toList();
      String map = "0 " + USER + " 1";
      assertEquals(List.of("0", map, map, "deny", "device", "box"), lines);
      Path made = box.bundle().rootfs().resolve("made");
      assertEquals(USER, Files.getAttribute(made, "unix:uid"));
    }
  }

  @Test
  void subordinateIds_areMappedByTheirPrograms() throws Exception {
    try (Box box =
        box(
            "id -u; id -g; grep ^Groups /proc/self/status; cat /proc/self/setgroups; echo x > /tmp/made",
            OWN,
            SUBORDINATE)) {
      boolean grouped = !runtime.name().equals("runc"); // runc 1.1 sets none for an ordinary user
      List<Long> groups = grouped ? List.of(7L) : List.of();
      box.process(p -> p.user(new User(5, 6, Optional.empty(), groups)));
      Files.setAttribute(box.bundle().rootfs().resolve("tmp"), "unix:mode", 0777);
      List<String> lines = box.run(0).lines().toList();
      assertEquals(List.of("5", "6"), lines.subList(0, 2));
      assertEquals(grouped, lines.get(2).contains("7"), lines.get(2));
      assertEquals("allow", lines.get(3));
      Path made = box.bundle().rootfs().resolve("tmp/made");
      assertEquals(300_004, Files.getAttribute(made, "unix:uid"));
      assertEquals(300_005, Files.getAttribute(made, "unix:gid"));
      Files.delete(made);
    }
  }

  @Test
  void foreignIds_areRefused() throws Exception {
    try (Box box = box("true", OWN, new IdMapping(1, 1_000_000, 10))) {
      var result = box.tryRun();
      assertNotEquals(0, result.code(), result.said());
      if (runtime.isOurs()) {
        assertTrue(result.stderr().contains("linux.uidMappings: newuidmap: "), result.said());
        assertTrue(result.stderr().contains("(are the ids in /etc/subuid?)"), result.said());
      }
      assertNotEquals(0, box.tryVerb("state").code());
    }
  }

  @Test
  void lifecycle_createStartExecKillDelete() throws Exception {
    try (Box box = box("trap 'exit 5' TERM; while sleep 0.1; do :; done", OWN)) {
      assertEquals("created", box.create().status());
      box.start();
      var inside =
          box.exec(
              List.of(),
              "sh",
              "-c",
              "id -u; readlink /proc/self/ns/user; readlink /proc/1/ns/user; ls /proc/1/fd | wc -l");
      assertEquals(0, inside.code(), inside.said());
      List<String> lines = inside.stdout().lines().toList();
      assertEquals("0", lines.get(0));
      assertEquals(lines.get(1), lines.get(2), "exec is in the user namespace of the container");
      assertEquals(0, box.kill("TERM").code());
      box.awaitStatus("stopped");
      box.verb("delete");
    }
  }

  @Test
  void hooks_enterTheContainer() throws Exception {
    Path log = Files.createFile(directory.resolve("log"));
    Files.setAttribute(log, "unix:uid", USER);
    Hook host =
        Hook.builder()
            .path("/bin/sh")
            .args(
                List.of("sh", "-c", "echo createContainer $(readlink /proc/self/ns/net) >> " + log))
            .env(List.of("PATH=/bin:/usr/bin"))
            .build();
    Hook inside =
        Hook.builder()
            .path("/bin/sh")
            .args(List.of("sh", "-c", "readlink /proc/self/ns/net > /hook"))
            .env(List.of("PATH=/bin"))
            .build();
    try (Box box = box("readlink /proc/self/ns/net; cat /hook", OWN)) {
      box.change(s ->
          s.toBuilder()
              .hooks(
                  Hooks.builder()
                      .createContainer(List.of(host))
                      .startContainer(List.of(inside))
                      .build())
              .build());
      List<String> lines = box.run(0).lines().toList();
      assertEquals(lines.get(0), lines.get(1), "startContainer");
      assertEquals("createContainer " + lines.get(0), Files.readString(log).strip());
    }
  }

  @Test
  void mounts_ofTheHost_areBound() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    Files.writeString(data.resolve("file"), "content");
    try (Box box = box("cat /mnt/file; echo x > /mnt/file || echo refused", OWN)) {
      box.mounting(Mount.of("/mnt", "bind", data.toString(), "rbind", "ro"));
      assertEquals("contentrefused\n", box.run(0));
    }
  }

  @Test
  void limits_withoutACgroup_areRefused() throws Exception {
    try (Box box = box("true", OWN)) {
      box.linux(l -> l.resources(Resources.builder().pids(new Pids(Optional.of(7L))).build()));
      var result = box.tryRun();
      if (!runtime.name().equals("crun")) { // crun 1.8 forgets them
        assertNotEquals(0, result.code(), result.said());
      }
      if (runtime.isOurs()) {
        assertTrue(
            result
                .stderr()
                .contains("linux.resources: not supported: this user may not make a cgroup"),
            result.said());
      }
    }
  }

  @Test
  void namespaces_withoutUser_areRefused() throws Exception {
    try (Box box = box("true")) {
      box.namespaces("pid", "uts");
      var result = box.tryRun();
      assertNotEquals(0, result.code(), result.said());
      if (!runtime.name().equals("crun")) { // crun makes one, and fails later
        assertTrue(
            result.stderr().contains("ootless container requires user namespaces"), result.said());
      }
    }
  }

  @Test
  void groups_withOwnIdAlone_areRefused() throws Exception {
    try (Box box = box("true", OWN)) {
      box.process(p -> p.user(new User(0, 0, Optional.empty(), List.of(0L))));
      var result = box.tryRun();
      if (runtime.isOurs()) { // runc and crun leave them out
        assertNotEquals(0, result.code(), result.said());
        assertTrue(result.stderr().contains("process.user.additionalGids: "), result.said());
      }
    }
  }

  @Test
  void state_withoutRoot_isInTheRuntimeDirectory() throws Exception {
    Path run = Files.createDirectories(directory.resolve("run"));
    Files.setAttribute(run, "unix:uid", USER);
    Files.setAttribute(run, "unix:gid", USER);
    var result = runtime.withoutRoot(Map.of("XDG_RUNTIME_DIR", run.toString()), "list", "--quiet");
    assertEquals(0, result.code(), result.said());
    try (Box box = box("sleep 100", OWN)) {
      var arguments =
          new ArrayList<>(
              List.of("create", "--bundle", box.bundle().directory().toString(), box.id()));
      var created =
          runtime.withoutRoot(
              Map.of("XDG_RUNTIME_DIR", run.toString()), arguments.toArray(String[]::new));
      assertEquals(0, created.code(), created.said());
      assertTrue(Files.isDirectory(run.resolve(runtime.name()).resolve(box.id())));
      var deleted =
          runtime.withoutRoot(
              Map.of("XDG_RUNTIME_DIR", run.toString()), "delete", "--force", box.id());
      assertEquals(0, deleted.code(), deleted.said());
    }
  }
}

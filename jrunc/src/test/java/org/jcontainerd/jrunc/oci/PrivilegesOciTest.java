package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.oci.runtime.User;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process must not have been given by an oversight: capabilities, ids, cgroups, state. */
@Tag("oci")
class PrivilegesOciTest {
  private static final int NOBODY = 65534;
  private static final int USER = 54321;
  private static final String SETS = "grep -E '^Cap(Inh|Amb)' /proc/self/status";
  private static final String NONE = "CapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n";

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  /** CVE-2022-24769, CVE-2022-27650, CVE-2022-29162. */
  @Test
  void inheritableCapabilities_areThoseOfTheConfigurationAlone() throws Exception {
    try (Box box = new Box(runtime, directory).script("sleep 100").create().start()) {
      for (List<String> options : List.of(List.<String>of(), List.of("--cap", "CAP_NET_RAW"))) {
        var result = box.exec(options, "sh", "-c", SETS);
        assertEquals(NONE, result.stdout(), options + ": " + result.said());
      }
      String init = Files.readString(Path.of("/proc/" + box.pid() + "/status"));
      assertTrue(init.contains(NONE.lines().findFirst().orElseThrow()), init);
      assertTrue(init.contains(NONE.lines().toList().get(1)), init);
    }
  }

  /** CVE-2026-30892: what is no number is not looked up, and what is too large is not cut. */
  @Test
  void exec_asWhoIsNoId_isRefused() throws Exception {
    try (Box box = new Box(runtime, directory).script("sleep 100").create().start()) {
      for (String user : List.of("-1", "4294967295", "4294967296", "0x0", "root", "1:", ":0")) {
        var result = box.exec(List.of("--user", user), "id", "-u");
        boolean cut = user.equals("4294967296") || user.equals("0x0") || user.equals("root");
        if (runtime.name().equals("crun") && !cut) {
          continue; // 1.8 takes what strtol(3) makes of it
        }
        if (!runtime.isOurs() && result.code() == 0) {
          System.out.println(runtime.name() + " of this release takes it: --user " + user);
          continue;
        }
        assertNotEquals(0, result.code(), user + ": " + result.said());
        assertTrue(!runtime.isOurs() || result.stderr().contains("parsing '"), result.said());
      }
    }
  }

  /** The same through {@code --process}, which has no numbers but those of the specification. */
  @Test
  void exec_ofAProcessWithoutAnId_isRefused() throws Exception {
    assumeFalse(runtime.name().equals("crun"), "crun 1.8 takes user 4294967295 for root");
    try (Box box = new Box(runtime, directory).script("sleep 100").create().start()) {
      ProcessSpec process =
          TestBundle.spec("id", "-u").process().orElseThrow().toBuilder()
              .user(new User(0xFFFF_FFFFL, 0, Optional.empty(), List.of()))
              .build();
      Path file = Files.write(directory.resolve("process.json"), OciJson.write(process));
      var result = runtime.run("exec", "--process", file.toString(), box.id());
      assertNotEquals(0, result.code(), result.said());
      assertEquals("", result.stdout());
      assertTrue(!runtime.isOurs() || result.stderr().contains("process.user.uid"), result.said());
    }
  }

  /** What {@code spec} writes, with a script. */
  private Box standard(String script) throws Exception {
    Box box = new Box(runtime, directory);
    String bundle = box.bundle().directory().toString();
    assertEquals(0, runtime.run("spec", "--bundle", bundle).code());
    byte[] json = Files.readAllBytes(box.bundle().directory().resolve("config.json"));
    box.spec(OciJson.read(json, Spec.class));
    return box.process(p -> p.terminal(false).args(List.of("sh", "-c", script)));
  }

  /** CVE-2022-0492: with CAP_SYS_ADMIN a writable release_agent runs a program on the host. */
  @Test
  void cgroups_ofTheStandardConfiguration_areReadOnly() throws Exception {
    assumeFalse(
        runtime.name().equals("crun"),
        "crun 1.8 lets directories be made in the tmpfs at /sys/fs/cgroup");
    String script =
        """
        for f in /sys/fs/cgroup /sys/fs/cgroup/*; do
          test -d $f && mkdir $f/made 2> /dev/null && echo made $f
          for g in $f/release_agent $f/notify_on_release $f/cgroup.procs $f/memory.limit_in_bytes; do
            test -e $g && (echo 1 > $g) 2> /dev/null && echo wrote $g
          done
        done
        ls /sys/fs/cgroup | wc -l
        """;
    for (boolean namespace : List.of(true, false)) {
      try (Box box = standard(script)) {
        box.linux(l ->
            l.namespaces(
                spec(box).linux().orElseThrow().namespaces().stream()
                    .filter(n -> namespace || !n.type().equals("cgroup"))
                    .toList()));
        String said = box.run(0);
        assertTrue(
            said.matches("\\s*[1-9]\\d*\\s*"), "cgroup namespace " + namespace + ": " + said);
      }
    }
  }

  /** CVE-2023-25809: the cgroups in the host's sysfs that an ordinary user's container gets. */
  @Test
  void cgroups_ofAnOrdinaryUser_areReadOnly() throws Exception {
    RuntimeUnderTest own = runtime.asUser(USER, "");
    Path written = Files.createDirectory(directory.resolve("written"));
    Files.setAttribute(written, "unix:uid", USER);
    assertEquals(0, own.run("spec", "--rootless", "--bundle", written.toString()).code());
    String script =
        "for f in /sys/fs/cgroup /sys/fs/cgroup/*/; do"
            + " test ! -d $f || mkdir $f/made 2>&1 || true; done; true";
    try (Box box = new Box(own, directory).withoutCgroup().script("true").ownedBy(USER)) {
      box.spec(OciJson.read(Files.readAllBytes(written.resolve("config.json")), Spec.class))
          .process(p -> p.terminal(false).args(List.of("sh", "-c", script)));
      List<String> lines = box.run(0).lines().toList();
      assertFalse(lines.isEmpty(), "no cgroup was tried");
      assertEquals(
          List.of(),
          lines.stream().filter(line -> !line.contains("Read-only file system")).toList());
    }
  }

  private static Spec spec(Box box) {
    try {
      return OciJson.read(
          Files.readAllBytes(box.bundle().directory().resolve("config.json")), Spec.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** CVE-2021-41103, CVE-2024-25621: names, configurations and sockets are their owner's. */
  @Test
  void state_isForItsOwnerAlone() throws Exception {
    try (Box box = new Box(runtime, directory).script("sleep 100").create()) {
      RuntimeUnderTest.letThrough(directory);
      assertTrue(
          !Files.getPosixFilePermissions(runtime.root()).contains(PosixFilePermission.OTHERS_READ)
              || !runtime.isOurs(),
          "the ids of containers can be listed");
      String find =
          "setpriv --reuid=%d --regid=%d --clear-groups find %s -readable -mindepth 1"
              .formatted(NOBODY, NOBODY, runtime.root().resolve(box.id()));
      Process process = new ProcessBuilder("sh", "-c", find + " 2> /dev/null").start();
      assertEquals(
          "", new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8), find);
      int _ = process.waitFor();
      RuntimeUnderTest other = runtime.asUser(NOBODY, "").at(runtime.root());
      for (String verb : List.of("state", "ps")) {
        var result = other.run(verb, box.id());
        assertNotEquals(0, result.code(), verb + ": " + result.said());
      }
      var listed = other.run("list", "--quiet");
      assertTrue(!listed.stdout().contains(box.id()) || !runtime.isOurs(), listed.said());
    }
  }
}

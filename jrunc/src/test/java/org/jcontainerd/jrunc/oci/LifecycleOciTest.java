package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Root;
import org.jcontainerd.oci.runtime.Spec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** runtime.md, "Lifecycle", "State", "Operations"; exit codes and messages that engines rely on. */
@Tag("oci")
class LifecycleOciTest {
  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box box() throws Exception {
    return new Box(runtime, directory);
  }

  @Test
  void lifecycle_statusFollowsTheProcess() throws Exception {
    try (Box box = box().script("sleep 100")) {
      box.create();
      assertEquals("created", box.status());
      int pid = box.pid();
      assertTrue(Files.exists(Path.of("/proc/" + pid)));
      box.start();
      assertEquals("running", box.status());
      assertEquals(pid, box.pid());
      box.verb("kill", "--all");
      runtime.run("kill", box.id(), "KILL");
      box.awaitStatus("stopped");
      assertEquals(0, box.pid());
      box.verb("delete");
      var missing = box.tryVerb("state");
      assertEquals(1, missing.code(), missing.said());
      assertTrue(saysMissing(missing), missing.said());
    }
  }

  @Test
  void state_hasTheFieldsOfTheSpecification() throws Exception {
    try (Box box = box().script("true")) {
      box.change(s -> s.toBuilder().annotations(Map.of("org.example.a", "b")).build()).create();
      JsonValue.Fields state = box.state();
      assertEquals(box.id(), Box.text(state, "id"));
      assertEquals(box.bundle().directory().toRealPath().toString(), Box.text(state, "bundle"));
      assertFalse(Box.text(state, "ociVersion").isEmpty());
      assertTrue(Box.text(state, "created").startsWith("20"));
      var annotations = (JsonValue.Fields) state.get("annotations").orElseThrow();
      assertEquals("b", Box.text(annotations, "org.example.a"));
    }
  }

  @Test
  void run_passesOutputAndExitCodeOn() throws Exception {
    try (Box box = box().script("echo out; exit 7")) {
      assertEquals("out\n", box.run(7));
      assertEquals(List.of(), box.cgroups());
    }
  }

  @Test
  void run_detached_leavesTheContainer() throws Exception {
    try (Box box = box().script("sleep 100")) {
      Path pidFile = directory.resolve("pid");
      var result =
          runtime.run(
              "run",
              "--detach",
              "--pid-file",
              pidFile.toString(),
              "--bundle",
              box.bundle().directory().toString(),
              box.id());
      assertEquals(0, result.code(), result.said());
      assertEquals(Integer.toString(box.pid()), Files.readString(pidFile).strip());
      assertEquals("running", box.status());
    }
  }

  @Test
  void create_pidFile_holdsThePid() throws Exception {
    try (Box box = box().script("sleep 100")) {
      Path pidFile = directory.resolve("pid");
      box.create("--pid-file", pidFile.toString());
      assertEquals(Integer.toString(box.pid()), Files.readString(pidFile).strip());
    }
  }

  @Test
  void create_idTaken_isRefused() throws Exception {
    try (Box box = box().script("true")) {
      box.create();
      var second = box.tryCreate();
      assertEquals(1, second.code(), second.said());
      assertTrue(second.stderr().contains("exist"), second.said());
      assertEquals("created", box.status());
    }
  }

  @Test
  void create_invalidId_isRefused() throws Exception {
    try (Box box = box().script("true")) {
      for (String id : List.of("a/b", "../a", "..", "a b", "")) {
        if (runtime.name().equals("crun") && id.equals("a b")) {
          continue; // crun takes spaces
        }
        var result = runtime.run("create", "--bundle", box.bundle().directory().toString(), id);
        assertNotEquals(0, result.code(), id + ": " + result.said());
      }
      try (var left = Files.newDirectoryStream(directory)) {
        left.forEach(
            path -> assertFalse(String.valueOf(path.getFileName()).equals("a"), path.toString()));
      }
    }
  }

  @Test
  void verbs_unknownContainer_doesNotExist() throws Exception {
    for (String verb : List.of("state", "start", "kill", "delete", "pause", "resume")) {
      var result = runtime.run(verb, "jrunc-oci-nobody");
      assertEquals(1, result.code(), verb + ": " + result.said());
      assertTrue(saysMissing(result), verb + ": " + result.said());
    }
    assertEquals(0, runtime.run("delete", "--force", "jrunc-oci-nobody").code());
  }

  /** Engines look for these words; crun has others for some verbs. */
  private boolean saysMissing(RuntimeUnderTest.Result result) {
    return result.stderr().contains("does not exist")
        || runtime.name().equals("crun") && result.stderr().contains("No such file");
  }

  @Test
  void start_twice_isRefused() throws Exception {
    try (Box box = box().script("sleep 100")) {
      box.create().start();
      var again = box.tryVerb("start");
      assertEquals(1, again.code(), again.said());
      assertEquals("running", box.status());
    }
  }

  @Test
  void start_afterTheProcessWasKilled_isRefused() throws Exception {
    try (Box box = box().script("sleep 100")) {
      box.create();
      runtime.run("kill", box.id(), "KILL");
      box.awaitStatus("stopped");
      assertEquals(1, box.tryVerb("start").code());
    }
  }

  @Test
  void kill_stopped_saysNotRunning() throws Exception {
    try (Box box = box().script("true")) {
      box.create().start().awaitStatus("stopped");
      var result = runtime.run("kill", box.id(), "TERM");
      if (!runtime.name().equals("crun")) {
        assertTrue(result.stderr().contains("not running"), result.said());
      }
      assertEquals(1, result.code(), result.said());
    }
  }

  @Test
  void kill_signalsByNameAndNumber_arrive() throws Exception {
    for (String signal : List.of("USR1", "SIGUSR1", "10")) {
      try (Box box = box().script("trap 'echo got; exit 4' USR1; while :; do sleep 0.1; done")) {
        Path pid = directory.resolve("pid-" + signal);
        box.create("--pid-file", pid.toString()).start();
        awaitTrap(box);
        assertEquals(0, runtime.run("kill", box.id(), signal).code());
        box.awaitStatus("stopped");
      }
    }
  }

  /** The shell catches signals as soon as it has forked its first sleep. */
  private static void awaitTrap(Box box) throws Exception {
    Path status = Path.of("/proc/" + box.pid() + "/status");
    long end = System.nanoTime() + 10_000_000_000L;
    while (Files.readString(status)
        .lines()
        .noneMatch(l -> l.matches("SigCgt:\\s*[0-9a-f]*[2367abef].."))) {
      assertTrue(System.nanoTime() - end < 0, "the shell sets no trap");
    }
  }

  @Test
  void kill_unknownSignal_isRefused() throws Exception {
    try (Box box = box().script("sleep 100")) {
      box.create();
      int code = runtime.run("kill", box.id(), "NOSUCH").code();
      if (!runtime.name().equals("crun")) { // crun 1.8 sends signal 0
        assertEquals(1, code);
      }
      assertEquals("created", box.status());
    }
  }

  @Test
  void delete_running_needsForce() throws Exception {
    try (Box box = box().script("sleep 100")) {
      box.create().start();
      var refused = box.tryVerb("delete");
      assertEquals(1, refused.code(), refused.said());
      assertEquals("running", box.status());
      box.verb("delete", "--force");
      assertEquals(List.of(), box.cgroups());
      assertEquals(1, box.tryVerb("state").code());
    }
  }

  @Test
  void delete_created_isAllowed() throws Exception {
    try (Box box = box().script("sleep 100")) {
      box.create();
      int pid = box.pid();
      box.verb("delete");
      assertFalse(Files.isReadable(Path.of("/proc/" + pid + "/root/bin")));
    }
  }

  @Test
  void create_programMissing_failsAndLeavesNothing() throws Exception {
    for (String program : List.of("nothing", "/nothing", "/etc/passwd", "/bin")) {
      try (Box box = box().args(program)) {
        var result = box.tryCreate();
        if (result.code() == 0) {
          // crun finds some of these at start
          result = box.tryVerb("start");
        }
        assertEquals(1, result.code(), result.said());
        if (program.equals("nothing")) {
          assertTrue(
              result.stderr().contains("executable file")
                  && result.stderr().contains("not found in $PATH"),
              result.said());
        } else if (program.equals("/nothing")) {
          assertTrue(
              result
                  .stderr()
                  .toLowerCase(java.util.Locale.ROOT)
                  .contains("no such file or directory"),
              result.said());
        }
        if (runtime.isOurs()) {
          assertEquals(1, box.tryVerb("state").code());
          assertEquals(List.of(), box.cgroups());
        }
      }
    }
  }

  @Test
  void create_badConfiguration_isRefused() throws Exception {
    try (Box box = box()) {
      Path config = box.bundle().directory().resolve("config.json");
      var missing = box.tryCreate();
      assertNotEquals(0, missing.code(), missing.said());
      Files.writeString(config, "{");
      assertNotEquals(0, box.tryCreate().code());
      Files.writeString(config, "{\"ociVersion\":1}");
      assertNotEquals(0, box.tryCreate().code());
      if (runtime.name().equals("crun")) {
        return; // crun leaves the rest to the kernel
      }
      Spec spec = TestBundle.spec("true");
      box.spec(spec.toBuilder().root(new Root("nowhere", false)).build());
      var noRoot = box.tryCreate();
      assertNotEquals(0, noRoot.code(), noRoot.said());
      box.spec(spec).process(p -> p.cwd("relative"));
      assertNotEquals(0, box.tryCreate().code());
      box.spec(spec).process(p -> p.args(List.of()));
      assertNotEquals(0, box.tryCreate().code());
      assertEquals(List.of(), box.cgroups());
    }
  }

  @Test
  void list_showsContainers() throws Exception {
    try (Box one = box().script("sleep 100");
        Box two = box().script("true")) {
      one.create().start();
      two.create();
      var json = runtime.run("list", "--format", "json");
      assertEquals(0, json.code(), json.said());
      var all =
          (JsonValue.Elements)
              OciJson.readValue(json.stdout().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertEquals(2, all.values().size());
      var quiet = runtime.run("list", "--quiet");
      assertEquals(List.of(one.id(), two.id()), quiet.stdout().lines().sorted().toList());
      var table = runtime.run("list").stdout();
      assertTrue(
          table.lines().anyMatch(l -> l.startsWith(one.id()) && l.contains("running")), table);
      assertTrue(
          table.lines().anyMatch(l -> l.startsWith(two.id()) && l.contains("created")), table);
    }
  }

  @Test
  void log_json_hasTheFailure() throws Exception {
    Path log = directory.resolve("log");
    var result =
        runtime.runWith(
            Map.of(),
            List.of("--log", log.toString(), "--log-format", "json"),
            "state",
            "jrunc-oci-nobody");
    assertEquals(1, result.code());
    String last = Files.readString(log).lines().reduce((_, b) -> b).orElse("");
    var line =
        (JsonValue.Fields)
            OciJson.readValue(last.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertEquals("error", Box.text(line, "level"));
    assertFalse(Box.text(line, "msg").isEmpty());
    assertTrue(Box.text(line, "time").startsWith("20"));
    assertFalse(result.stderr().isEmpty(), "the person at the terminal is told as well");
  }

  @Test
  void ps_json_namesTheProcesses() throws Exception {
    try (Box box = box().script("sleep 100")) {
      box.create().start();
      String json = box.verb("ps", "--format", "json").stdout();
      assertTrue(json.contains(Integer.toString(box.pid())), json);
    }
  }

  @Test
  void features_andVersion_areAnswered() throws Exception {
    var version = runtime.run("--version");
    assertEquals(0, version.code());
    assertTrue(version.stdout().startsWith(runtime.name() + " version "), version.said());
    var features = runtime.run("features");
    if (runtime.isOurs()) {
      var all =
          (JsonValue.Fields)
              OciJson.readValue(
                  features.stdout().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertEquals(Optional.of(new JsonValue.Text("1.3.0")), all.get("ociVersionMax"));
      assertTrue(
          ((JsonValue.Elements) all.get("mountOptions").orElseThrow())
              .values()
              .contains(new JsonValue.Text("rro")));
    }
  }

  @Test
  void spec_isAConfigurationThatRuns() throws Exception {
    try (Box box = box()) {
      var result = runtime.run("spec", "--bundle", box.bundle().directory().toString());
      assertEquals(0, result.code(), result.said());
      box.change(s -> s)
          .process(p ->
              p.terminal(false)
                  .args(
                      List.of(
                          "/bin/sh", "-c", "/bin/id -u; /bin/cat /proc/self/cgroup | /bin/wc -l")));
      assertTrue(box.run(0).startsWith("0\n"));
      assertNotEquals(
          0, runtime.run("spec", "--bundle", box.bundle().directory().toString()).code());
    }
  }
}

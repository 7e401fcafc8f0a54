package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Hook;
import org.jcontainerd.oci.runtime.Hooks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hooks: when, where and with what they run (config.md, "POSIX-platform Hooks"; runtime.md,
 * "Lifecycle").
 */
@Tag("oci")
class HooksOciTest {
  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box box() throws Exception {
    return new Box(runtime, directory);
  }

  /**
   * A hook of the host that writes its name and the namespace it is in, and keeps the state it was
   * given.
   */
  private Hook hook(String name) {
    String script =
        "echo %s $(readlink /proc/self/ns/net) >> %s/log; cat > %s/%s.json"
            .formatted(name, directory, directory, name);
    return Hook.builder()
        .path("/bin/sh")
        .args(List.of("sh", "-c", script))
        .env(List.of("PATH=/bin:/usr/bin"))
        .build();
  }

  private Hook failing() {
    return Hook.builder()
        .path("/bin/sh")
        .args(List.of("sh", "-c", "echo reason >&2; exit 3"))
        .build();
  }

  private List<String> log() throws Exception {
    return Files.readAllLines(directory.resolve("log"));
  }

  @Test
  void hooks_runInOrder_inTheirNamespaces() throws Exception {
    try (Box box = box().script("readlink /proc/self/ns/net > /net; echo ran >> /order")) {
      Hook inside =
          Hook.builder()
              .path("/bin/sh")
              .args(List.of("sh", "-c", "echo startContainer >> /order"))
              .env(List.of("PATH=/bin"))
              .build();
      box.change(s ->
          s.toBuilder()
              .hooks(
                  Hooks.builder()
                      .prestart(List.of(hook("prestart")))
                      .createRuntime(List.of(hook("createRuntime"), hook("createRuntime2")))
                      .createContainer(List.of(hook("createContainer")))
                      .startContainer(List.of(inside))
                      .poststart(List.of(hook("poststart")))
                      .poststop(List.of(hook("poststop")))
                      .build())
              .build());
      box.create();
      String host = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
      String own = Files.readSymbolicLink(Path.of("/proc/" + box.pid() + "/ns/net")).toString();
      assertEquals(
          List.of(
              "prestart " + host,
              "createRuntime " + host,
              "createRuntime2 " + host,
              "createContainer " + own),
          log().subList(0, 4)); // runc 1.1 runs poststart hooks here already
      assertFalse(Files.exists(box.bundle().rootfs().resolve("order")));
      box.start().awaitStatus("stopped");
      assertEquals(
          "startContainer\nran\n", Files.readString(box.bundle().rootfs().resolve("order")));
      assertEquals(own + "\n", Files.readString(box.bundle().rootfs().resolve("net")));
      box.verb("delete");
      assertEquals(List.of("poststart " + host, "poststop " + host), log().subList(4, 6));
      var state =
          (JsonValue.Fields)
              OciJson.readValue(Files.readAllBytes(directory.resolve("createRuntime.json")));
      assertEquals(box.id(), Box.text(state, "id"));
      assertTrue(
          List.of("creating", "created").contains(Box.text(state, "status")), state.toString());
      assertTrue(state.get("pid").orElseThrow() instanceof JsonValue.Numeric);
      var end =
          (JsonValue.Fields)
              OciJson.readValue(Files.readAllBytes(directory.resolve("poststop.json")));
      assertEquals("stopped", Box.text(end, "status"));
    }
  }

  @Test
  void hooks_failingBeforeStart_failCreate() throws Exception {
    for (Hooks hooks :
        List.of(
            Hooks.builder().prestart(List.of(failing())).build(),
            Hooks.builder().createRuntime(List.of(failing())).build(),
            Hooks.builder().createContainer(List.of(failing())).build())) {
      try (Box box = box().script("true")) {
        box.change(s -> s.toBuilder().hooks(hooks).build());
        var result = box.tryCreate();
        assertNotEquals(0, result.code(), result.said());
        if (runtime.isOurs()) {
          assertTrue(result.stderr().contains("exit status 3, output: reason"), result.said());
        }
        assertEquals(List.of(), box.cgroups());
        assertNotEquals(0, box.tryVerb("state").code());
      }
    }
  }

  @Test
  void hooks_startContainerFailing_endsTheContainer() throws Exception {
    try (Box box = box().script("echo ran > /ran; sleep 100")) {
      box.change(s ->
          s.toBuilder().hooks(Hooks.builder().startContainer(List.of(failing())).build()).build());
      box.create();
      var result = box.tryVerb("start");
      if (runtime.isOurs()) { // runc and crun run it after start has answered
        assertEquals(1, result.code(), result.said());
      }
      box.awaitStatus("stopped");
      assertFalse(Files.exists(box.bundle().rootfs().resolve("ran")));
    }
  }

  @Test
  void hooks_poststopFailing_stillDeletes() throws Exception {
    try (Box box = box().script("true")) {
      box.change(s ->
          s.toBuilder()
              .hooks(Hooks.builder().poststop(List.of(failing(), hook("second"))).build())
              .build());
      box.create().start().awaitStatus("stopped");
      var result = box.tryVerb("delete");
      if (!runtime.name().equals("runc")) { // runc 1.1 answers 1, and has deleted all the same
        assertEquals(0, result.code(), result.said());
        assertEquals(1, log().size());
      }
      assertNotEquals(0, box.tryVerb("state").code());
    }
  }

  @Test
  void hooks_timeout_endsTheHook() throws Exception {
    Hook slow = Hook.builder().path("/bin/sleep").args(List.of("sleep", "97")).timeout(1).build();
    try (Box box = box().script("true")) {
      box.change(
          s -> s.toBuilder().hooks(Hooks.builder().createRuntime(List.of(slow)).build()).build());
      long begin = System.nanoTime();
      var result = box.tryCreate();
      assertNotEquals(0, result.code(), result.said());
      assertTrue(System.nanoTime() - begin < 30_000_000_000L);
    }
  }

  private Box hooked(Hooks hooks) throws Exception {
    return box().script("sleep 100").change(s -> s.toBuilder().hooks(hooks).build());
  }

  @Test
  void state_ofHooks_hasTheAnnotations() throws Exception {
    try (Box box = hooked(Hooks.builder().createRuntime(List.of(hook("annotated"))).build())) {
      box.change(s -> s.toBuilder().annotations(Map.of("org.example.key", "a value")).build());
      box.create();
      for (JsonValue.Fields state :
          List.of(
              box.state(),
              (JsonValue.Fields)
                  OciJson.readValue(Files.readAllBytes(directory.resolve("annotated.json"))))) {
        var annotations = (JsonValue.Fields) state.get("annotations").orElseThrow();
        assertEquals("a value", Box.text(annotations, "org.example.key"));
        assertEquals(box.bundle().directory().toString(), Box.text(state, "bundle"));
      }
    }
  }

  @Test
  void environment_ofAHook_isItsOwn() throws Exception {
    Hook hook =
        Hook.builder()
            .path("/usr/bin/env")
            .args(
                List.of(
                    "env", "sh", "-c", "tr '\\0' '\\n' < /proc/$$/environ > " + directory + "/env"))
            .env(List.of("PATH=/bin:/usr/bin", "ONLY=this"))
            .build();
    try (Box box = hooked(Hooks.builder().createRuntime(List.of(hook)).build())) {
      box.create();
      List<String> lines = Files.readAllLines(directory.resolve("env"));
      assertEquals(List.of("PATH=/bin:/usr/bin", "ONLY=this"), lines);
    }
  }

  @Test
  void hooks_missing_failCreateAndLeaveNothing() throws Exception {
    Hook missing = Hook.builder().path("/no/such/hook").build();
    for (Hooks hooks :
        List.of(
            Hooks.builder().createRuntime(List.of(missing)).build(),
            Hooks.builder().createContainer(List.of(missing)).build())) {
      try (Box box = hooked(hooks)) {
        var result = box.tryCreate();
        assertNotEquals(0, result.code(), result.said());
        if (!runtime.name().equals("crun")) { // crun 1.8 says that its exit code was 1
          assertTrue(result.stderr().contains("o such file or directory"), result.said());
        }
        if (runtime.isOurs()) {
          assertTrue(result.stderr().contains("/no/such/hook"), result.said());
        }
        assertEquals(List.of(), box.cgroups());
      }
    }
  }

  @Test
  void hooks_poststartFailing_endsTheContainer() throws Exception {
    try (Box box = hooked(Hooks.builder().poststart(List.of(failing())).build())) {
      var created = box.tryCreate();
      if (runtime.isOurs()) { // since 1.3; runc 1.1 runs it in create, crun 1.8 only warns
        assertEquals(0, created.code(), created.said());
        var result = box.tryVerb("start");
        assertEquals(1, result.code(), result.said());
        assertTrue(result.stderr().contains("poststart hook #0"), result.said());
        box.awaitStatus("stopped");
      }
    }
  }

  @Test
  void hooks_wrong_areRefusedBeforeAnythingIsMade() throws Exception {
    if (!runtime.isOurs()) {
      return; // runc and crun find out when they run them
    }
    Hook relative = Hook.builder().path("bin/true").build();
    Hook zero = Hook.builder().path("/bin/true").timeout(0).build();
    for (var wrong :
        Map.of(
                relative, "hooks.poststop[0].path: 'bin/true' is not absolute",
                zero, "hooks.poststop[0].timeout: must be greater than zero")
            .entrySet()) {
      try (Box box = hooked(Hooks.builder().poststop(List.of(wrong.getKey())).build())) {
        var result = box.tryCreate();
        assertEquals(1, result.code(), result.said());
        assertTrue(result.stderr().contains(wrong.getValue()), result.said());
      }
    }
  }

  @Test
  void hooks_inContainer_thatHang_areEndedWithTheContainer() throws Exception {
    Hook slow = Hook.builder().path("/bin/sleep").args(List.of("sleep", "98")).timeout(1).build();
    for (Hooks hooks :
        List.of(
            Hooks.builder().createContainer(List.of(slow)).build(),
            Hooks.builder().startContainer(List.of(slow)).build())) {
      try (Box box = hooked(hooks)) {
        boolean created = box.tryCreate().code() == 0;
        assertEquals(!hooks.startContainer().isEmpty(), created);
        if (created) {
          var result = box.tryVerb("start");
          if (runtime.isOurs()) { // runc and crun have answered before it runs
            assertEquals(1, result.code(), result.said());
            assertTrue(
                result.stderr().contains("ran past specified timeout of 1.0s"), result.said());
          }
          box.awaitStatus("stopped");
        }
      }
    }
  }
}

package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallRule;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What filters do to programs, and agents that answer for them. */
@Tag("oci")
class SeccompOciTest {
  private static final int SIGSYS_EXIT = 128 + 31;
  private static final int MKDIR = 83;

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
    assumeTrue(
        System.getProperty("os.arch").equals("amd64"), "the calls are those of x86-64's busybox");
  }

  private Box box(String script, Seccomp.Builder seccomp) throws Exception {
    return new Box(runtime, directory).script(script).linux(l -> l.seccomp(seccomp.build()));
  }

  private static Seccomp.Builder onMkdir(String action, Optional<Integer> errno) {
    return Seccomp.builder()
        .defaultAction("SCMP_ACT_ALLOW")
        .architectures(List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"))
        .syscalls(List.of(new SyscallRule(List.of("mkdir", "mkdirat"), action, errno, List.of())));
  }

  private Seccomp.Builder notifying() {
    return onMkdir("SCMP_ACT_NOTIFY", Optional.empty())
        .listenerPath(directory.resolve("agent.sock").toString())
        .listenerMetadata("color=blue");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCMP_ACT_TRAP", "SCMP_ACT_KILL_PROCESS"})
  void action_thatEndsTheProcess_endsItBySigsys(String action) throws Exception {
    try (Box box = box("exec mkdir /tmp/a", onMkdir(action, Optional.empty()))) {
      assertEquals(SIGSYS_EXIT, box.tryRun().code());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD"})
  void action_thatEndsTheThread_endsAProgramOfOne(String action) throws Exception {
    try (Box box = box("mkdir /tmp/a; ls /tmp; echo on", onMkdir(action, Optional.empty()))) {
      assertEquals("on\n", box.run(0));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SCMP_ACT_ERRNO,,Operation not permitted",
    "SCMP_ACT_ERRNO,122,Disk quota exceeded",
    "SCMP_ACT_TRACE,,Function not implemented",
    "SCMP_ACT_TRACE,7,Function not implemented"
  })
  void action_thatRefuses_givesItsErrno(String action, Integer errno, String said)
      throws Exception {
    try (Box box = box("mkdir /tmp/a", onMkdir(action, Optional.ofNullable(errno)))) {
      var result = box.tryRun();
      assertEquals(1, result.code(), result.said());
      assertTrue(result.stderr().contains(said), result.said());
    }
  }

  @Test
  void action_log_letsPass() throws Exception {
    assumeTrue(!runtime.name().equals("runc"), "runc 1.1 takes no flags");
    var seccomp = onMkdir("SCMP_ACT_LOG", Optional.empty());
    try (Box box =
        box("mkdir /tmp/a && ls /tmp", seccomp.flags(List.of("SECCOMP_FILTER_FLAG_LOG")))) {
      assertEquals("a\n", box.run(0));
    }
  }

  @Test
  void unknownCall_isIgnored() throws Exception {
    var rule =
        new SyscallRule(
            List.of("frobnicate", "mkdir"), "SCMP_ACT_ERRNO", Optional.of(122), List.of());
    var seccomp = Seccomp.builder().defaultAction("SCMP_ACT_ALLOW").syscalls(List.of(rule));
    try (Box box = box("mkdir /tmp/a", seccomp)) {
      var result = box.tryRun();
      assertTrue(result.stderr().contains("Disk quota exceeded"), result.said());
      if (runtime.isOurs()) {
        assertTrue(
            result.stderr().contains("ignoring unknown system calls: [frobnicate]"), result.said());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void notify_agentAnswers_forTheContainerAndItsExecs(boolean noNewPrivileges) throws Exception {
    assumeTrue(!runtime.name().equals("crun"), "crun 1.8 tells agents that the bundle is '.'");
    try (var agent = new NotifyAgent(directory.resolve("agent.sock"));
        Box box = box("mkdir /tmp/a; echo $?; sleep 100", notifying())) {
      box.process(p -> p.noNewPrivileges(noNewPrivileges));
      box.create().start();
      NotifyAgent.Asked first = agent.next();
      assertEquals(MKDIR, first.call());
      assertState(box, first.state(), "creating");
      assertEquals(first.state().get("pid"), ((JsonValue.Fields) value(first, "state")).get("pid"));
      assertEquals(box.pid(), number(first.state(), "pid"));

      var result = box.exec(List.of(), "mkdir", "/tmp/b");
      assertTrue(result.stderr().contains("Disk quota exceeded"), result.said());
      NotifyAgent.Asked second = agent.next();
      assertEquals(MKDIR, second.call());
      assertState(box, second.state(), "running");
      assertEquals(box.pid(), number((JsonValue.Fields) value(second, "state"), "pid"));
      assertNotEquals(box.pid(), number(second.state(), "pid"));
      assertFalse(Files.exists(box.bundle().rootfs().resolve("tmp/a")));
    }
  }

  private static JsonValue value(NotifyAgent.Asked asked, String name) {
    return asked.state().get(name).orElseThrow();
  }

  private static int number(JsonValue.Fields fields, String name) {
    return fields.get(name).orElseThrow() instanceof JsonValue.Numeric(var number)
        ? number.intValueExact()
        : -1;
  }

  private void assertState(Box box, JsonValue.Fields message, String status) throws Exception {
    assertEquals("color=blue", Box.text(message, "metadata"));
    assertEquals("[\"seccompFd\"]", fds(message));
    assertFalse(Box.text(message, "ociVersion").isEmpty());
    var state = (JsonValue.Fields) message.get("state").orElseThrow();
    assertEquals(box.id(), Box.text(state, "id"));
    assertEquals(box.bundle().directory().toString(), Box.text(state, "bundle"));
    if (!runtime.name().equals("crun") || status.equals("creating")) {
      // crun says "creating" for execs as well
      assertEquals(status, Box.text(state, "status"));
    }
  }

  private static String fds(JsonValue.Fields message) {
    return new String(OciJson.write(message.get("fds").orElseThrow()), StandardCharsets.UTF_8);
  }

  @Test
  void notify_withoutAnAgent_failsAndLeavesNothing() throws Exception {
    try (Box box = box("true", notifying())) {
      var result = box.tryCreate();
      assertNotEquals(0, result.code());
      if (runtime.isOurs()) {
        assertTrue(
            result.stderr().contains("seccomp agent at linux.seccomp.listenerPath"), result.said());
      }
      assertNotEquals(0, box.tryVerb("state").code());
    }
  }

  @Test
  void notify_ofTheCallThatHandsItOver_isRefused() throws Exception {
    var rule = new SyscallRule(List.of("write"), "SCMP_ACT_NOTIFY", Optional.empty(), List.of());
    assumeTrue(!runtime.name().equals("crun"), "crun hands over in another process");
    try (Box box = box("true", notifying().syscalls(List.of(rule)))) {
      var result = box.tryCreate();
      assertNotEquals(0, result.code());
      assertTrue(result.stderr().contains("SCMP_ACT_NOTIFY cannot be used for"), result.said());
    }
  }
}

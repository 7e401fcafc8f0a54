package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.socket.Received;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Resources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What programs read and pass: formats, descriptors, variables, exit codes. */
@Tag("oci")
class CommandLineOciTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box box() throws Exception {
    return new Box(runtime, directory);
  }

  private static JsonValue.Fields fields(String json) throws Exception {
    return (JsonValue.Fields) OciJson.readValue(json.getBytes(StandardCharsets.UTF_8));
  }

  private void notCrun(String why) {
    assumeFalse(runtime.name().equals("crun"), "crun: " + why);
  }

  @Test
  void list_ofNothing_isAHeadOrNull() throws Exception {
    notCrun("has other columns and []");
    Files.createDirectories(runtime.root());
    assertEquals(
        "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n",
        runtime.run("list").stdout());
    assertEquals("null\n", runtime.run("list", "--format", "json").stdout());
    assertEquals("", runtime.run("list", "--quiet").stdout());
    assertEquals(1, runtime.run("list", "--format", "xml").code());
  }

  @Test
  void list_jsonIsOneLine_withTheOwner() throws Exception {
    notCrun("prints several lines");
    try (Box box = box().script("sleep 100")) {
      box.create();
      var said = runtime.run("list", "--format", "json");
      assertEquals(1, said.stdout().lines().count(), said.said());
      assertTrue(said.stdout().contains("\"owner\":\"root\""), said.said());
      assertTrue(said.stdout().contains("\"status\":\"created\""), said.said());
    }
  }

  @Test
  void spec_hasTheContentOfRuncs() throws Exception {
    assumeTrue(runtime.isOurs(), "compares ours with runc's, which is unpacked beside");
    Path runc = Path.of(System.getProperty("jcontainerd.basedir"), "target/peers/bin/runc");
    for (List<String> options : List.of(List.of("spec"), List.of("spec", "--rootless"))) {
      Path ours = Files.createDirectories(directory.resolve("ours" + options.size()));
      Path theirs = Files.createDirectories(directory.resolve("theirs" + options.size()));
      var all = new java.util.ArrayList<>(options);
      all.addAll(List.of("--bundle", ours.toString()));
      assertEquals(0, runtime.run(all.toArray(String[]::new)).code());
      all.set(all.size() - 1, theirs.toString());
      all.addFirst(runc.toString());
      assertEquals(0, new ProcessBuilder(all).inheritIO().start().waitFor());
      assertEquals(comparable(theirs), comparable(ours));
    }
  }

  /**
   * Without the version, the name of the host, and ambient capabilities, which runc 1.2 left out.
   */
  private static Map<String, Object> comparable(Path bundle) throws Exception {
    var fields = new LinkedHashMap<String, Object>();
    fields.putAll(fields(Files.readString(bundle.resolve("config.json"))).values());
    fields.keySet().removeAll(Set.of("ociVersion", "hostname"));
    var process = new LinkedHashMap<>(((JsonValue.Fields) fields.get("process")).values());
    var sets = new LinkedHashMap<>(((JsonValue.Fields) process.get("capabilities")).values());
    sets.remove("ambient");
    process.put("capabilities", new JsonValue.Fields(sets));
    fields.put("process", new JsonValue.Fields(process));
    return fields;
  }

  @Test
  void spec_whereOneIs_isRefused() throws Exception {
    Path config = Files.writeString(directory.resolve("config.json"), "{}");
    var said = runtime.run("spec", "--bundle", directory.toString());
    assertEquals(1, said.code(), said.said());
    assertEquals("{}", Files.readString(config));
  }

  @Test
  void events_statsOnce_areThoseOfRunc() throws Exception {
    notCrun("has no events");
    try (Box box = box().script("sleep 100")) {
      box.create().start();
      JsonValue.Fields event = fields(box.verb("events", "--stats").stdout());
      assertEquals("stats", Box.text(event, "type"));
      assertEquals(box.id(), Box.text(event, "id"));
      var data = (JsonValue.Fields) event.get("data").orElseThrow();
      var names = new TreeSet<>(data.values().keySet());
      for (String name :
          List.of("cpu", "cpuset", "memory", "pids", "blkio", "hugetlb", "intel_rdt")) {
        assertTrue(names.contains(name), names.toString());
      }
      var usage = (JsonValue.Fields) inside(data, "cpu").get("usage").orElseThrow();
      assertTrue(number(usage, "total") > 0, usage.toString());
      if (!Box.isUnified()) { // v2 does not count by processor
        assertTrue(usage.get("percpu").isPresent(), usage.toString());
      }
      var memory = (JsonValue.Fields) inside(data, "memory").get("usage").orElseThrow();
      assertTrue(number(memory, "usage") > 0, memory.toString());
      var limit = (JsonValue.Numeric) memory.get("limit").orElseThrow();
      // no limit is the highest number of 64 bits on v2, which no long holds
      assertTrue(limit.value().compareTo(BigDecimal.valueOf(MIB)) > 0, memory.toString());
      assertTrue(
          inside(data, "memory").get("raw").orElseThrow().toString().contains("cache"),
          data.toString());
      assertTrue(number(inside(data, "pids"), "current") >= 1, data.toString());
    }
  }

  private static JsonValue.Fields inside(JsonValue.Fields fields, String name) {
    return (JsonValue.Fields) fields.get(name).orElseThrow();
  }

  private static long number(JsonValue.Fields fields, String name) {
    return ((JsonValue.Numeric) fields.get(name).orElseThrow()).value().longValue();
  }

  @Test
  void events_whileMemoryRunsOut_saySo() throws Exception {
    notCrun("has no events");
    String eat = "while :; do busybox tail /dev/zero; done";
    try (Box box = box().script(eat)) {
      Resources limit =
          Resources.builder().memory(Memory.builder().limit(16 * MIB).build()).build();
      box.linux(l -> l.resources(limit)).create();
      Path out = directory.resolve("events");
      Process events = runtime.background(out, "events", "--interval", "200ms", box.id());
      try {
        Box.await(out, "\"type\":\"stats\""); // it listens before it counts
        box.start();
        Box.await(out, "\"type\":\"oom\"");
        var _ = box.verb("delete", "--force");
        assertTrue(events.waitFor(20, TimeUnit.SECONDS), "ends with the cgroup");
        assertEquals(0, events.exitValue(), Files.readString(out));
      } finally {
        events.destroyForcibly();
      }
    }
  }

  @Test
  void events_withBadInterval_areRefused() throws Exception {
    notCrun("has no events");
    try (Box box = box().script("sleep 100")) {
      box.create();
      assertEquals(1, box.tryVerb("events", "--interval", "0s").code());
      assertEquals(1, box.tryVerb("events", "--interval", "often").code());
      assertEquals(1, runtime.run("events", "--stats", "jrunc-oci-nobody").code());
    }
  }

  @Test
  void exec_inACgroupBelow_isThere() throws Exception {
    notCrun("takes one path without a controller");
    try (Box box = box().script("sleep 100")) {
      box.create().start();
      boolean unified = Box.isUnified();
      Path below =
          box.cgroups().stream()
              .filter(p -> unified || p.toString().contains("/pids/"))
              .findFirst()
              .orElseThrow();
      Files.createDirectory(below.resolve("sub"));
      String controller = unified ? "" : "pids:";
      var said = box.exec(List.of("--cgroup", controller + "sub"), "cat", "/proc/self/cgroup");
      assertEquals(0, said.code(), said.said());
      List<String> lines = said.stdout().lines().toList();
      assertTrue(
          lines.stream().anyMatch(l -> l.contains(":" + controller) && l.endsWith("/sub")),
          said.said());
      if (!unified) {
        assertTrue(
            lines.stream().anyMatch(l -> l.contains(":cpu:") && l.endsWith(box.id())), said.said());
      }
      // without a name before the comma: runc takes it for one of v2
      String nameless = unified && !runtime.isOurs() ? "moon:sub" : ",pids:sub";
      for (String wrong :
          List.of("moon:sub", controller + "../..", nameless, controller + "missing")) {
        var refused = box.exec(List.of("--cgroup", wrong), "true");
        assertEquals(255, refused.code(), wrong + ": " + refused.said());
      }
    }
  }

  @Test
  void exec_thatCannotStart_hasTheCodeOfRunc() throws Exception {
    notCrun("answers 1");
    assertEquals(255, runtime.run("exec", "jrunc-oci-nobody", "true").code());
    try (Box box = box().script("sleep 100")) {
      box.create().start();
      assertEquals(255, box.exec(List.of()).code());
      assertEquals(255, box.exec(List.of("--process", "/no/such/file")).code());
      assertEquals(255, box.exec(List.of("--user", "root"), "true").code());
      Path socket = directory.resolve("c");
      assertEquals(255, box.exec(List.of("--console-socket", socket.toString()), "true").code());
    }
  }

  @Test
  void sockets_ofSystemd_arePassedOn() throws Exception {
    try (Box box = box().script("cat <&3; echo $LISTEN_FDS $LISTEN_PID")) {
      Path file = Files.writeString(directory.resolve("three"), "from three ");
      var said =
          runtime.throughShell(
              "exec 3< " + file + "; export LISTEN_FDS=1 LISTEN_PID=$$",
              "run",
              "--bundle",
              box.bundle().directory().toString(),
              box.id());
      String told = runtime.name().equals("crun") ? "1" : "1 1"; // crun 1.8 sets no LISTEN_PID
      assertEquals("from three " + told + "\n", said.stdout(), said.said());
    }
    try (Box box = box().script("echo ${LISTEN_FDS-none}")) {
      var said =
          runtime.throughShell(
              "exec 3< /dev/null; export LISTEN_FDS=1 LISTEN_PID=1",
              "run",
              "--bundle",
              box.bundle().directory().toString(),
              box.id());
      if (!runtime.name().equals("crun")) { // crun does not ask whose they are
        assertEquals("none\n", said.stdout(), said.said());
      }
    }
  }

  @Test
  void descriptors_thatAreNotOpen_areRefused() throws Exception {
    notCrun("passes what there is");
    try (Box box = box().script("true")) {
      var said = box.tryCreate("--preserve-fds", "40");
      assertEquals(1, said.code(), said.said());
      assertTrue(said.stderr().contains("preserved-fd"), said.said());
    }
  }

  @Test
  void readiness_isToldToTheServiceManager() throws Exception {
    Path manager = directory.resolve("manager");
    try (UnixSocket socket = UnixSocket.bind(manager, 0700)) {
      readinessIsTold(socket, manager.toString());
    }
  }

  @Test
  void readiness_isToldToAnAbstractSocket() throws Exception {
    String name = "jrunc-oci-" + ProcessHandle.current().pid();
    try (UnixSocket socket = UnixSocket.bindAbstract(name)) {
      readinessIsTold(socket, "@" + name);
    }
  }

  private void readinessIsTold(UnixSocket socket, String manager) throws Exception {
    notCrun("has its socket elsewhere");
    try (Box box = box().script("test -S $NOTIFY_SOCKET && sleep 100")) {
      socket.receiveTimeout(Duration.ofSeconds(30));
      String bundle = box.bundle().directory().toString();
      var run =
          CompletableFuture.supplyAsync(() -> {
            try {
              return runtime.runWith(
                  Map.of("NOTIFY_SOCKET", manager),
                  List.of(),
                  "run",
                  "--detach",
                  "--bundle",
                  bundle,
                  box.id());
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      Path container = runtime.root().resolve(box.id()).resolve("notify/notify.sock");
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!Files.exists(container) || box.tryVerb("state").code() != 0) {
        assertTrue(System.nanoTime() - end < 0 && !run.isDone(), "no container with a socket");
      }
      box.awaitStatus("running");
      try (UnixSocket sender = UnixSocket.connect(SocketType.DATAGRAM, container)) {
        sender.send(ByteBuffer.wrap("STATUS=warming up\n".getBytes(StandardCharsets.US_ASCII)));
        sender.send(ByteBuffer.wrap("READY=1".getBytes(StandardCharsets.US_ASCII)));
      }
      assertEquals("READY=1\n", receive(socket));
      assertEquals("MAINPID=" + box.pid() + "\n", receive(socket));
      if (runtime.isOurs()) { // runc 1.1 does not wait for the manager yet
        assertEquals("BARRIER=1", receive(socket));
      }
      assertEquals(0, run.get(30, TimeUnit.SECONDS).code());
      assertEquals("running", box.status());
    }
  }

  /** A message; descriptors that came with it are closed, which lets a barrier go. */
  private static String receive(UnixSocket socket) throws Exception {
    Received.Message message = socket.receive(4096).orElseThrow();
    message.fds().forEach(Fd::close);
    return new String(message.bytes(), StandardCharsets.US_ASCII);
  }

  @Test
  void globalOptions_thatAreWrong_areRefused() throws Exception {
    notCrun("takes some of them");
    for (List<String> global :
        List.of(
            List.of("--log-format", "xml"),
            List.of("--log", "/no/such/directory/log"),
            List.of("--nope"))) {
      var said = runtime.runWith(Map.of(), global, "list");
      assertEquals(1, said.code(), global + ": " + said.said());
    }
  }

  @Test
  void kill_allOfAStopped_isFine() throws Exception {
    notCrun("answers 1");
    try (Box box = box().script("true")) {
      box.create().start().awaitStatus("stopped");
      assertEquals(0, box.tryVerb("kill", "--all").code());
    }
  }
}

package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.Rlimit;
import org.jcontainerd.oci.runtime.Spec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Input that is wrong: exit code as runc, one error that ends in what to do, and nothing left. */
@Tag("oci")
class BadInputOciTest {
  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  interface Change {
    void apply(Box box) throws IOException;
  }

  /**
   * A bundle that cannot become a container.
   *
   * @param said what the error of ours names
   * @param accepted names of the references that take it, and why
   */
  record Case(String name, String said, Map<String, String> accepted, Change change) {
    Case(String name, String said, Change change) {
      this(name, said, Map.of(), change);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Path config(Box box) {
    return box.bundle().directory().resolve("config.json");
  }

  private static Case text(String name, String said, String find, String replacement) {
    return new Case(name, said, box -> replace(box, find, replacement));
  }

  private static void replace(Box box, String find, String replacement) throws IOException {
    String json = Files.readString(config(box.script("true")));
    assertTrue(json.contains(find), json);
    Files.writeString(config(box), json.replace(find, replacement));
  }

  static Stream<Case> bundles() {
    return Stream.of(
        new Case("no config.json", "config.json' not found", box -> {}),
        new Case("config.json is a directory", "config.json", box -> makeDirectory(config(box))),
        new Case("config.json is cut off", "config.json: ", box -> write(config(box), "{")),
        new Case("config.json is empty", "config.json: ", box -> write(config(box), "")),
        new Case(
            "wrong type of args",
            "process.args",
            Map.of("crun", "1.8 runs nothing and answers 0"),
            box -> replace(box, "\"args\":[", "\"args\":1,\"was\":[")),
        text("wrong type of a mount", "mounts", "\"mounts\":[", "\"mounts\":[7,"),
        text("number too large", "process.user.uid", "\"uid\":0", "\"uid\":99999999999"),
        new Case(
            "no arguments",
            "process.args",
            Map.of("crun", "1.8 runs nothing and answers 0"),
            box -> box.args("x").process(p -> p.args(List.of()))),
        new Case("no process", "process", box -> noProcess(box.script("true"))),
        new Case(
            "relative cwd",
            "process.cwd",
            Map.of("crun", "1.8 leaves it to chdir"),
            box -> box.script("true").process(p -> p.cwd("a"))),
        new Case("no root", "root: ", box -> root(box, "")),
        new Case("missing root", "root.path: ", box -> root(box, "nowhere")),
        new Case("root is a file", "config.json", box -> root(box, "config.json")),
        new Case(
            "unknown namespace",
            "linux.namespaces",
            box -> box.script("true").linux(l -> l.namespaces(List.of(Namespace.created("moon"))))),
        new Case(
            "namespace twice",
            "duplicated ns 'pid'",
            Map.of("crun", "1.8 takes the last"),
            box ->
                box.script("true")
                    .linux(l ->
                        l.namespaces(
                            List.of(
                                Namespace.created("mount"),
                                Namespace.created("pid"),
                                Namespace.created("pid"))))),
        new Case(
            "joined namespace is missing",
            "/no/such/ns",
            box ->
                box.script("true")
                    .linux(l ->
                        l.namespaces(
                            List.of(
                                Namespace.created("mount"),
                                Namespace.created("uts"),
                                new Namespace("network", "/no/such/ns"))))),
        new Case(
            "unknown limit",
            "RLIMIT_MOON",
            box ->
                box.script("true")
                    .process(p -> p.rlimits(List.of(new Rlimit("RLIMIT_MOON", 1, 1))))),
        new Case(
            "mount source is missing",
            "/no/such/source",
            box -> mount(box, Mount.of("/mnt", "bind", "/no/such/source", "bind"))),
        new Case(
            "unknown file system",
            "nosuchfs",
            box -> mount(box, Mount.of("/mnt", "nosuchfs", "none"))),
        new Case(
            "mount over /proc",
            "inside /proc",
            Map.of("crun", "1.8 allows it"),
            box -> mount(box, Mount.of("/proc", "bind", "/tmp", "bind"))));
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  private static void makeDirectory(Path path) throws IOException {
    Files.createDirectory(path);
  }

  private static void noProcess(Box box) throws IOException {
    box.change(spec -> {
      Spec.Builder without = Spec.builder().ociVersion("1.0.2");
      return without.root(spec.root().orElseThrow()).linux(spec.linux().orElseThrow()).build();
    });
  }

  private static void root(Box box, String path) throws IOException {
    String json = Files.readString(config(box.script("true")));
    String given = path.isEmpty() ? "" : "\"root\":{\"path\":\"" + path + "\"},";
    String old = json.replaceFirst(".*(\"root\":\\{[^}]*\\},).*", "$1");
    assertTrue(old.startsWith("\"root\""), json);
    Files.writeString(config(box), json.replace(old, given));
  }

  private static void mount(Box box, Mount mount) throws IOException {
    box.script("true")
        .change(spec -> {
          var mounts = new ArrayList<>(spec.mounts());
          mounts.add(mount);
          return spec.toBuilder().mounts(mounts).build();
        });
  }

  /** The last line that was said, which is the error. */
  private void assertHelpful(RuntimeUnderTest.Result result, String said) {
    if (runtime.isOurs()) {
      assertTrue(result.stderr().contains(said), result.said());
      assertTrue(result.stderr().strip().matches("(?s).*\\. ['A-Z].{10,}"), result.said());
      assertFalse(result.stderr().contains("internal error"), result.said());
      assertEquals(1, result.stderr().lines().count(), result.said());
    }
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void create_ofBadBundle_isRefusedAndLeavesNothing(Case bad) throws Exception {
    String accepts = bad.accepted().getOrDefault(runtime.name(), "");
    assumeFalse(!accepts.isEmpty(), runtime.name() + ": " + accepts);
    try (Box box = new Box(runtime, directory)) {
      bad.change().apply(box);
      var result = box.tryCreate();
      if (result.code() == 0 && runtime.name().equals("crun")) {
        result = box.tryVerb("start"); // crun finds some of these late
      }
      assertEquals(1, result.code(), result.said());
      assertHelpful(result, bad.said());
      if (!runtime.name().equals("crun")) {
        assertFalse(Files.exists(runtime.root().resolve(box.id())), "state left");
        assertEquals(List.of(), box.cgroups());
      }
    }
  }

  @Test
  void create_ofMissingBundle_isRefused() throws Exception {
    var result = runtime.run("create", "--bundle", "/no/such/bundle", "jrunc-oci-x");
    assertEquals(1, result.code(), result.said());
    assertHelpful(result, "bundle: '/no/such/bundle': no such file or directory");
  }

  @Test
  void create_withBadId_isRefused() throws Exception {
    try (Box box = new Box(runtime, directory).script("true")) {
      for (String id : List.of("a/b", "../a", "..", ".", "", "x".repeat(2000))) {
        var result = runtime.run("create", "--bundle", box.bundle().directory().toString(), id);
        assertEquals(1, result.code(), id + ": " + result.said());
        assertHelpful(result, id.isEmpty() ? "container" : "id: invalid container ID format");
      }
    }
    assertEquals(List.of(), runtimeState());
  }

  private List<String> runtimeState() throws IOException {
    if (!Files.exists(runtime.root())) {
      return List.of();
    }
    try (Stream<Path> left = Files.list(runtime.root())) {
      return left.map(path -> String.valueOf(path.getFileName())).toList();
    }
  }

  @Test
  void run_ofUnusualBundle_works() throws Exception {
    try (Box box = new Box(runtime, directory).script("echo ok; ls /outside; ls -d /mnt")) {
      // crun 1.8 refuses versions that it does not know; runc and we do what we can
      String newer = runtime.name().equals("crun") ? "1.0.2" : "1.99.0";
      Path source = Files.createDirectories(directory.resolve("source/inner"));
      box.script("echo ok; ls /outside; ls -d /mnt")
          .change(spec -> {
            var mounts = new ArrayList<>(spec.mounts());
            mounts.add(Mount.of("/../../outside", "bind", source.getParent().toString(), "bind"));
            mounts.add(Mount.of("/mnt", "tmpfs", "tmpfs"));
            mounts.add(Mount.of("/mnt", "tmpfs", "tmpfs"));
            return spec.toBuilder().ociVersion(newer).mounts(mounts).build();
          });
      String json = Files.readString(config(box));
      Files.writeString(
          config(box), json.replaceFirst("\\{", "{\"unknown\":{\"field\":[1]},\"x\":null,"));
      assertEquals("ok\ninner\n/mnt\n", box.run(0));
      assertTrue(Files.readString(config(box)).contains("unknown"), "the file is left as it was");
    }
  }

  @Test
  void create_inBusyCgroup_isRefused() throws Exception {
    assumeFalse(runtime.name().equals("crun"), "crun: puts it beside what is there");
    try (Box box = new Box(runtime, directory).script("sleep 100");
        Box second = new Box(runtime, directory).script("true")) {
      box.create().start();
      second.linux(l -> l.cgroupsPath("/" + box.id()));
      var result = second.tryCreate();
      if (runtime.isOurs()) { // runc 1.1 warns only
        assertEquals(1, result.code(), result.said());
        assertHelpful(result, "cgroup is not empty");
      }
      assertEquals("running", box.status());
    }
  }

  @Test
  void create_withoutSpaceForState_leavesNothing() throws Exception {
    Path disk = Files.createDirectories(directory.resolve("disk"));
    command("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk.toString());
    try (Box box = new Box(runtime, directory).script("true")) {
      RuntimeUnderTest full = runtime.at(Files.createDirectory(disk.resolve("state")));
      command("sh", "-c", "cat /dev/zero > " + disk + "/fill 2> /dev/null; true");
      var result = full.run("create", "--bundle", box.bundle().directory().toString(), box.id());
      assertEquals(1, result.code(), result.said());
      assertHelpful(result, "o space left on device");
      if (!runtime.name().equals("crun")) {
        assertFalse(Files.exists(disk.resolve("state").resolve(box.id())), "state left");
      }
      assertEquals(List.of(), box.cgroups());
      var _ = full.run("delete", "--force", box.id());
    } finally {
      command("umount", "-l", disk.toString()); // a helper may still be on its way out
    }
  }

  @Test
  void create_withReadOnlyState_isRefused() throws Exception {
    Path disk = Files.createDirectories(directory.resolve("disk"));
    command("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", disk.toString());
    try (Box box = new Box(runtime, directory).script("true")) {
      var result =
          runtime
              .at(disk.resolve("state"))
              .run("create", "--bundle", box.bundle().directory().toString(), box.id());
      assertEquals(1, result.code(), result.said());
      assertHelpful(result, "ead-only file system");
      assertEquals(List.of(), box.cgroups());
    } finally {
      command("umount", "-l", disk.toString()); // a helper may still be on its way out
    }
  }

  private static void command(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  @Test
  void process_thatIgnoresTerm_isEndedByForce() throws Exception {
    try (Box box =
        new Box(runtime, directory).script("trap '' TERM; while :; do sleep 0.1; done")) {
      box.create().start();
      assertEquals(0, runtime.run("kill", box.id(), "TERM").code());
      assertEquals("running", box.status());
      var refused = box.tryVerb("delete");
      assertEquals(1, refused.code(), refused.said());
      assertHelpful(refused, "that is not stopped: running");
      var _ = box.verb("delete", "--force");
      assertEquals(List.of(), box.cgroups());
    }
  }

  @Test
  void container_withoutItsBundle_canBeEnded() throws Exception {
    try (Box box = new Box(runtime, directory).script("sleep 100")) {
      box.create().start();
      command("rm", "-r", box.bundle().directory().toString());
      assertEquals("running", box.status());
      assertEquals(0, runtime.run("kill", box.id(), "KILL").code());
      box.awaitStatus("stopped");
      var _ = box.verb("delete");
      assertNotEquals(0, box.tryVerb("state").code());
    }
  }

  @Test
  void container_thatDiedBeforeItsStart_canBeDeleted() throws Exception {
    try (Box box = new Box(runtime, directory).script("sleep 100")) {
      box.create();
      assertEquals(0, runtime.run("kill", box.id(), "KILL").code());
      box.awaitStatus("stopped");
      var start = box.tryVerb("start");
      assertEquals(1, start.code(), start.said());
      assertHelpful(start, "cannot start a container that has stopped");
      var _ = box.verb("delete");
      assertEquals(List.of(), box.cgroups());
    }
  }
}

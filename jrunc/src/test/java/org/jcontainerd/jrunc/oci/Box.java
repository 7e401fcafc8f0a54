package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Capabilities;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.testing.Patience;

/** One container of a test: a bundle, an id that no other test uses, and the verbs. */
final class Box implements AutoCloseable {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final String PREFIX = "jrunc-oci-" + ProcessHandle.current().pid() + "-";

  private final RuntimeUnderTest runtime;
  private final TestBundle bundle;
  private final String id = PREFIX + COUNT.incrementAndGet();

  private boolean cgroup = true;

  Box(RuntimeUnderTest runtime, Path directory) throws IOException {
    this.runtime = runtime;
    this.bundle = TestBundle.create(directory.resolve(id));
  }

  /** Leaves the place of the cgroup to the runtime, as who may make none does. */
  Box withoutCgroup() {
    cgroup = false;
    return this;
  }

  /** Sets what runs: the standard configuration with a shell script. */
  Box script(String script) throws IOException {
    return args("sh", "-c", script);
  }

  /** Gives the root directory to a user, and lets everybody reach it. */
  Box ownedBy(int uid) throws Exception {
    Path root = bundle.rootfs();
    var chown = new ProcessBuilder("chown", "-R", uid + ":" + uid, root.toString());
    assertEquals(0, chown.inheritIO().start().waitFor());
    RuntimeUnderTest.letThrough(bundle.directory());
    return this;
  }

  /** Adds mounts. */
  Box mounting(Mount... more) throws IOException {
    return change(spec -> {
      var mounts = new ArrayList<>(spec.mounts());
      mounts.addAll(List.of(more));
      return spec.toBuilder().mounts(mounts).build();
    });
  }

  /** Namespaces of these kinds, all new, besides a mount namespace. */
  Box namespaces(String... types) throws IOException {
    var all = new ArrayList<Namespace>(List.of(Namespace.created("mount")));
    for (String type : types) {
      all.add(Namespace.created(type));
    }
    return linux(l -> l.namespaces(all));
  }

  Box args(String... args) throws IOException {
    return spec(TestBundle.spec(args));
  }

  Box spec(Spec spec) throws IOException {
    bundle.with(
        spec.toBuilder()
            .linux(
                cgroup && spec.linux().orElseThrow().cgroupsPath().isEmpty()
                    ? spec.linux().get().toBuilder().cgroupsPath("/" + id).build()
                    : spec.linux().get())
            .build());
    return this;
  }

  /** Changes the configuration that is there. */
  Box change(UnaryOperator<Spec> change) throws IOException {
    byte[] json = Files.readAllBytes(bundle.directory().resolve("config.json"));
    return spec(change.apply(OciJson.read(json, Spec.class)));
  }

  Box process(UnaryOperator<ProcessSpec.Builder> change) throws IOException {
    return change(spec ->
        spec.toBuilder()
            .process(change.apply(spec.process().orElseThrow().toBuilder()).build())
            .build());
  }

  Box linux(UnaryOperator<Linux.Builder> change) throws IOException {
    return change(spec ->
        spec.toBuilder()
            .linux(change.apply(spec.linux().orElseThrow().toBuilder()).build())
            .build());
  }

  /** Capabilities that a process can use, and its programs keep. */
  static Capabilities holding(String... names) {
    return Capabilities.builder()
        .bounding(List.of(names))
        .effective(List.of(names))
        .permitted(List.of(names))
        .build();
  }

  String id() {
    return id;
  }

  TestBundle bundle() {
    return bundle;
  }

  /** {@code run}, which must give this exit code; answers what was printed. */
  String run(int code) throws IOException {
    var result = runtime.run("run", "--bundle", bundle.directory().toString(), id);
    assertEquals(code, result.code(), result.said());
    return result.stdout();
  }

  RuntimeUnderTest.Result tryRun() throws IOException {
    return runtime.run("run", "--bundle", bundle.directory().toString(), id);
  }

  RuntimeUnderTest.Result tryCreate(String... options) throws IOException {
    var arguments = new ArrayList<>(List.of("create", "--bundle", bundle.directory().toString()));
    arguments.addAll(Arrays.asList(options));
    arguments.add(id);
    return runtime.run(arguments.toArray(String[]::new));
  }

  Box create(String... options) throws IOException {
    var result = tryCreate(options);
    assertEquals(0, result.code(), result.said());
    return this;
  }

  /** A verb that must succeed, with the id as its last argument. */
  RuntimeUnderTest.Result verb(String... words) throws IOException {
    var result = tryVerb(words);
    assertEquals(0, result.code(), result.said());
    return result;
  }

  RuntimeUnderTest.Result tryVerb(String... words) throws IOException {
    var arguments = new ArrayList<>(Arrays.asList(words));
    arguments.add(id);
    return runtime.run(arguments.toArray(String[]::new));
  }

  Box start() throws IOException {
    var _ = verb("start");
    return this;
  }

  RuntimeUnderTest.Result kill(String signal) throws IOException {
    return runtime.run("kill", id, signal);
  }

  /** {@code exec} with options, then {@code --}-less words of the command. */
  RuntimeUnderTest.Result exec(List<String> options, String... command) throws IOException {
    var arguments = new ArrayList<>(List.of("exec"));
    arguments.addAll(options);
    arguments.add(id);
    arguments.addAll(Arrays.asList(command));
    return runtime.run(arguments.toArray(String[]::new));
  }

  JsonValue.Fields state() throws IOException {
    String json = verb("state").stdout();
    return (JsonValue.Fields)
        OciJson.readValue(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  String status() throws IOException {
    return text(state(), "status");
  }

  static String text(JsonValue.Fields fields, String name) throws IOException {
    return fields.get(name).orElseThrow() instanceof JsonValue.Text(String value) ? value : "";
  }

  int pid() throws IOException {
    return state().get("pid").orElseThrow() instanceof JsonValue.Numeric(var pid)
        ? pid.intValueExact()
        : -1;
  }

  /** Waits until the process has ended. */
  Box awaitStatus(String wanted) throws IOException {
    Duration limit = Patience.of(Duration.ofSeconds(20));
    long end = System.nanoTime() + limit.toNanos();
    while (!status().equals(wanted)) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("status is '" + status() + "', not '" + wanted + "' within " + limit);
      }
    }
    return this;
  }

  /** Directories of the container's cgroup that exist. */
  List<Path> cgroups() throws IOException {
    var found = new ArrayList<Path>();
    if (isUnified() && Files.isDirectory(CGROUPS.resolve(id))) {
      found.add(CGROUPS.resolve(id));
    }
    try (var hierarchies = Files.newDirectoryStream(CGROUPS)) {
      for (Path hierarchy : hierarchies) {
        if (Files.isDirectory(hierarchy.resolve(id))) {
          found.add(hierarchy.resolve(id));
        }
      }
    }
    return found;
  }

  /** Waits until a file has a text in it. */
  static void await(Path file, String text) throws IOException {
    Duration limit = Patience.of(Duration.ofSeconds(30));
    long end = System.nanoTime() + limit.toNanos();
    while (!Files.readString(file).contains(text)) {
      if (System.nanoTime() - end > 0) {
        throw new IOException(
            "no '%s' in '%s' within %s: %s".formatted(text, file, limit, Files.readString(file)));
      }
      Thread.onSpinWait();
    }
  }

  /** Whether this host has cgroup v2 alone. */
  static boolean isUnified() {
    return Files.exists(CGROUPS.resolve("cgroup.controllers"));
  }

  /** A file of the container's cgroup where v2 is alone. */
  Path unifiedFile(String file) {
    return CGROUPS.resolve(id).resolve(file);
  }

  /** Content of a file of the container's cgroup where v2 is alone. */
  String unified(String file) throws IOException {
    return Files.readString(unifiedFile(file)).strip();
  }

  /** Content of a file of the container's v1 cgroup. */
  String limit(String controller, String file) throws IOException {
    return Files.readString(Path.of("/sys/fs/cgroup", controller, id, file)).strip();
  }

  /** Deletes what is left, and fails if something cannot be. */
  @Override
  public void close() throws IOException {
    if (Files.exists(runtime.root().resolve(id)) || !cgroups().isEmpty()) {
      var _ = tryVerb("delete", "--force");
    }
    if (runtime.name().equals("crun") && !Files.exists(runtime.root().resolve(id))) {
      for (Path left : cgroups()) { // 1.21 leaves those of a container that it refuses on cgroup v2
        Files.delete(left);
      }
    }
    assertEquals(List.of(), cgroups(), "cgroups left");
    assertEquals(false, Files.exists(runtime.root().resolve(id)), "state left");
    String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
    assertEquals(false, mounts.contains(id), "mounts left");
  }
}

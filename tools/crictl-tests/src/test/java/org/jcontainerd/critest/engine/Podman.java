package org.jcontainerd.critest.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jcontainerd.testing.image.OfflineImages;
import org.jcontainerd.testing.runtime.LeftBehind;
import org.jcontainerd.testing.runtime.Locations;

/**
 * podman (and buildah, which shares its storage) with everything it keeps in a directory of its
 * own, on the runtime under test. Containers have no network unless a test gives them one.
 */
final class Podman implements AutoCloseable {
  private static final String PARENT = "libpod_parent";

  private final EngineHome home;
  private final OciRuntime runtime;
  private String image = "";

  private Podman(EngineHome home, OciRuntime runtime) {
    this.home = home;
    this.runtime = runtime;
  }

  /** Configures it, gives it the image, and runs the first container. */
  static Podman start() throws IOException, InterruptedException {
    return EngineHome.start("podman", Podman::start);
  }

  private static Podman start(EngineHome home) throws IOException, InterruptedException {
    var podman = new Podman(home, OciRuntime.asked(home.directory()));
    podman.configure();
    Path layout = home.directory().resolve("image");
    OfflineImages.busybox(layout);
    podman.image = podman.podman("pull", "-q", "oci:" + layout + ":busybox:latest").fine();
    // what podman makes once and keeps, as the parent of all cgroups, is there from now on
    podman.run("true").fine();
    return podman;
  }

  /**
   * Limits: podman's own are above what root may ask for on some hosts. Soft and hard are equal,
   * because {@code play kube} exchanges them.
   */
  private void configure() throws IOException {
    Path directory = home.directory();
    Path peers = Locations.peers();
    var environment = home.environment();
    environment.put(
        "CONTAINERS_STORAGE_CONF",
        home.file(
                "storage.conf",
                """
                [storage]
                driver = "vfs"
                runroot = "%1$s/run/storage"
                graphroot = "%1$s/storage"
                """
                    .formatted(directory))
            .toString());
    environment.put(
        "CONTAINERS_CONF",
        home.file(
                "containers.conf",
                """
                [containers]
                netns = "none"
                log_driver = "k8s-file"
                default_ulimits = ["nofile=4096:4096", "nproc=%7$s:%7$s"]
                init_path = "%2$s/root/usr/libexec/podman/catatonit"
                seccomp_profile = "%2$s/root/usr/share/containers/seccomp.json"
                [engine]
                cgroup_manager = "cgroupfs"
                events_logger = "file"
                conmon_path = ["%2$s/bin/conmon"]
                conmon_env_vars = ["PATH=%5$s", "LD_LIBRARY_PATH=%6$s"]
                helper_binaries_dir = ["%2$s/root/usr/lib/podman", "%2$s/root/usr/libexec/podman"]
                static_dir = "%1$s/libpod"
                tmp_dir = "%1$s/run/libpod"
                volume_path = "%1$s/volumes"
                runtime = "%3$s"
                runtime_supports_json = ["jrunc", "runc", "crun"]
                [engine.runtimes]
                %3$s = ["%4$s"]
                [network]
                network_backend = "netavark"
                network_config_dir = "%1$s/net"
                """
                    .formatted(
                        directory,
                        peers,
                        runtime.name(),
                        runtime.program(),
                        environment.get("PATH"),
                        libraries(Locations.peer("podman")),
                        processes()))
            .toString());
    environment.put(
        "CONTAINERS_REGISTRIES_CONF",
        home.file("registries.conf", "unqualified-search-registries = []\n").toString());
    home.file(
        ".config/containers/policy.json", "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
  }

  /** The hard limit of our user's processes; -1 if there is none. */
  private static String processes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
      if (line.startsWith("Max processes")) {
        String hard = line.split("\\s+")[3];
        return hard.equals("unlimited") ? "-1" : hard;
      }
    }
    throw new IOException("/proc/self/limits: no line for processes");
  }

  /**
   * Where a peer's wrapper finds shared libraries: conmon, which starts podman again when a
   * container has ended, does not pass on what the wrapper set.
   */
  private static String libraries(Path program) throws IOException {
    String variable = "LD_LIBRARY_PATH=";
    try (var lines = Files.lines(program, StandardCharsets.ISO_8859_1)) {
      return lines
          .limit(2)
          .filter(line -> line.startsWith(variable))
          .map(line -> line.substring(variable.length(), line.indexOf(' ')))
          .findFirst()
          .orElse("");
    }
  }

  /** The id of an image with a shell. */
  String image() {
    return image;
  }

  EngineHome home() {
    return home;
  }

  OciRuntime runtime() {
    return runtime;
  }

  List<String> command(String... words) {
    return EngineHome.words(
        List.of(
            Locations.peer("podman").toString(),
            "--root",
            home.directory().resolve("storage").toString(),
            "--runroot",
            home.directory().resolve("run/storage").toString()),
        words);
  }

  /** Any command of podman. */
  Answer podman(String... words) throws IOException, InterruptedException {
    return home.run(command(words));
  }

  /** {@code podman run --rm} of a shell script. */
  Answer run(String script) throws IOException, InterruptedException {
    return runWith(List.of(), "sh", "-c", script);
  }

  /** As {@link #run}, with options, of any program. */
  Answer runWith(List<String> options, String... program) throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("run", "--rm"));
    words.addAll(options);
    words.add(image);
    words.addAll(Arrays.asList(program));
    return podman(words.toArray(String[]::new));
  }

  /** {@code podman run --detach} of a shell script; {@link #remove} ends it. */
  void detached(String name, List<String> options, String script)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("run", "--detach", "--name", name));
    words.addAll(options);
    words.addAll(List.of(image, "sh", "-c", script));
    podman(words.toArray(String[]::new)).fine();
  }

  /** {@code podman rm --force}. */
  void remove(String name) throws IOException, InterruptedException {
    podman("rm", "--force", "--time", "0", name).fine();
  }

  /**
   * Removes what podman leaves of a pod with an infra container: the runtime makes the parent of
   * the containers' cgroups in all hierarchies, podman removes it from those with a controller.
   */
  void forgetPod(String id) throws IOException {
    LeftBehind.removeCgroup(PARENT + "/" + id);
  }

  /** A field of {@code podman inspect}. */
  Answer inspect(String name, String field) throws IOException, InterruptedException {
    return podman("inspect", "--format", "{{." + field + "}}", name);
  }

  @Override
  public void close() throws IOException {
    home.close();
    LeftBehind.removeCgroup(PARENT + "/conmon");
    LeftBehind.removeCgroup(PARENT);
  }
}

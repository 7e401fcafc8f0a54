package org.jcontainerd.critest.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jcontainerd.testing.image.OfflineImages;
import org.jcontainerd.testing.runtime.DaemonProcess;
import org.jcontainerd.testing.runtime.LeftBehind;
import org.jcontainerd.testing.runtime.Locations;

/**
 * The distribution's containerd without its CRI, and ctr: its shim {@code io.containerd.runc.v2} is
 * told to run the runtime under test.
 */
final class Containerd implements AutoCloseable {
  /** Also the parent of the containers' cgroups, which containerd leaves. */
  private static final String NAMESPACE = "jc-engine";

  static final String IMAGE = "docker.io/library/busybox:latest";

  private final EngineHome home;
  private final OciRuntime runtime;
  private final DaemonProcess daemon;

  private Containerd(EngineHome home, OciRuntime runtime, DaemonProcess daemon) {
    this.home = home;
    this.runtime = runtime;
    this.daemon = daemon;
  }

  /** Starts the daemon, gives it the image, and runs the first container. */
  static Containerd start() throws IOException, InterruptedException {
    return EngineHome.start("containerd", Containerd::start);
  }

  private static Containerd start(EngineHome home) throws IOException, InterruptedException {
    OciRuntime runtime = OciRuntime.asked(home.directory());
    nameRunc(home, runtime);
    Path config =
        home.file(
            "config.toml",
            """
            version = 2
            root = "%1$s/root"
            state = "%1$s/state"
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
            [grpc]
              address = "%1$s/containerd.sock"
            [ttrpc]
              address = "%1$s/containerd.sock.ttrpc"
            """
                .formatted(home.directory()));
    var daemon =
        DaemonProcess.start(
            "containerd",
            home.directory().resolve("containerd.log"),
            List.of(Locations.peer("containerd").toString(), "--config", config.toString()),
            home.environment());
    var containerd = new Containerd(home, runtime, daemon);
    daemon.awaitSocket(home.directory().resolve("containerd.sock"));
    Path image = home.directory().resolve("image");
    OfflineImages.busybox(image);
    Path archive = dockerArchive(home, image);
    containerd.ctr("image", "import", archive.toString()).fine();
    containerd.run(List.of(), "first", "true").fine();
    return containerd;
  }

  /**
   * The runtime is also what the shim finds as runc along PATH: with some options ctr 1.6 sends
   * task options that make containerd forget those of {@code --runc-binary}.
   */
  private static void nameRunc(EngineHome home, OciRuntime runtime) throws IOException {
    Path programs = Files.createDirectories(home.directory().resolve("bin"));
    Files.createSymbolicLink(programs.resolve("runc"), runtime.program());
    home.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
  }

  /** The image in an archive that containerd and dockerd read. */
  static Path dockerArchive(EngineHome home, Path layout) throws IOException, InterruptedException {
    Path archive = home.directory().resolve("image.tar");
    home.run(
            List.of(
                Locations.peer("skopeo").toString(),
                "--insecure-policy",
                "copy",
                "oci:" + layout + ":busybox:latest",
                "docker-archive:" + archive + ":busybox:latest"))
        .fine();
    return archive;
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
            Locations.peer("ctr").toString(),
            "--address",
            home.directory().resolve("containerd.sock").toString(),
            "--namespace",
            NAMESPACE),
        words);
  }

  Answer ctr(String... words) throws IOException, InterruptedException {
    return home.run(command(words));
  }

  /** The words of {@code ctr run} on the runtime under test. */
  String[] runWords(List<String> options, String id, String... program) {
    var words =
        new ArrayList<>(
            List.of(
                "run",
                "--runc-binary",
                runtime.program().toString(),
                "--runc-root",
                home.directory().resolve("runtime").toString()));
    words.addAll(options);
    words.addAll(List.of(IMAGE, id));
    words.addAll(Arrays.asList(program));
    return words.toArray(String[]::new);
  }

  /** {@code ctr run --rm}. */
  Answer run(List<String> options, String id, String... program)
      throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("--rm"));
    all.addAll(options);
    return ctr(runWords(all, id, program));
  }

  /** {@code ctr run --detach}; {@link #remove} ends it. */
  void detached(List<String> options, String id, String... program)
      throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("--detach"));
    all.addAll(options);
    ctr(runWords(all, id, program)).fine();
  }

  /** Kills the task and removes task and container. */
  void remove(String id) throws IOException, InterruptedException {
    Answer removed = ctr("task", "rm", "--force", id); // its code may be the task's
    assertEquals("gone", status(id).stdout(), removed::toString);
    ctr("container", "rm", id).fine();
  }

  /**
   * What a file of a container's cgroup has.
   *
   * @param file below /sys/fs/cgroup, with %s for the cgroup
   */
  String cgroup(String id, String file) throws IOException {
    Path path = Path.of("/sys/fs/cgroup", file.formatted(NAMESPACE + "/" + id));
    return Files.readString(path).strip();
  }

  /** RUNNING, PAUSED or STOPPED. */
  Answer status(String id) throws IOException, InterruptedException {
    Answer all = ctr("task", "ls");
    String status =
        all.stdout()
            .lines()
            .filter(line -> line.startsWith(id + " "))
            .map(line -> line.substring(line.lastIndexOf(' ') + 1))
            .findFirst()
            .orElse("gone");
    return new Answer(all.command(), all.code(), status, all.stdout());
  }

  @Override
  public void close() throws IOException {
    daemon.stop();
    home.close();
    LeftBehind.removeCgroup(NAMESPACE);
  }
}

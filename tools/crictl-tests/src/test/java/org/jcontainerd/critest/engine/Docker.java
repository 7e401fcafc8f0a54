package org.jcontainerd.critest.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jcontainerd.testing.image.OfflineImages;
import org.jcontainerd.testing.runtime.DaemonProcess;
import org.jcontainerd.testing.runtime.LeftBehind;
import org.jcontainerd.testing.runtime.Locations;

/**
 * The distribution's dockerd, with the containerd that it starts itself, on the runtime under test
 * ({@code --add-runtime}); without a bridge and without firewall rules.
 */
final class Docker implements AutoCloseable {
  /** The parent of the containers' cgroups, which dockerd leaves. */
  private static final String CGROUP = "jc-docker";

  static final String IMAGE = "busybox";

  private final EngineHome home;
  private final OciRuntime runtime;
  private final DaemonProcess daemon;

  private Docker(EngineHome home, OciRuntime runtime, DaemonProcess daemon) {
    this.home = home;
    this.runtime = runtime;
    this.daemon = daemon;
  }

  /** Starts the daemon, gives it the image, and runs the first container. */
  static Docker start() throws IOException, InterruptedException {
    return EngineHome.start("docker", home -> start(home, List.of(), List.of()));
  }

  /**
   * As {@link #start()}; root of all containers is user 100000 and group 200000. The daemon finds
   * their ranges in files at fixed places, so it has a mount namespace of its own, with other files
   * there.
   */
  static Docker startRemapped() throws IOException, InterruptedException {
    return EngineHome.start("docker", Docker::startRemapped);
  }

  private static Docker startRemapped(EngineHome home) throws IOException, InterruptedException {
    Path users = home.file("subuid", "nobody:100000:65536\n");
    Path groups = home.file("subgid", "nobody:200000:65536\n");
    String script =
        "mount --bind %s /etc/subuid && mount --bind %s /etc/subgid && exec \"$@\""
            .formatted(users, groups);
    return start(
        home,
        List.of("unshare", "-m", "--propagation", "slave", "sh", "-c", script, "sh"),
        List.of("--userns-remap=nobody:nogroup"));
  }

  private static Docker start(EngineHome home, List<String> prefix, List<String> options)
      throws IOException, InterruptedException {
    OciRuntime runtime = OciRuntime.asked(home.directory());
    // "runc" is a name that dockerd keeps for itself
    String name = runtime.name() + "-tested";
    Path directory = home.directory();
    var command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Locations.peer("dockerd").toString(),
            "--host=unix://" + directory.resolve("docker.sock"),
            "--config-file=" + home.file("daemon.json", "{\"experimental\": true}"),
            "--data-root=" + directory.resolve("root"),
            "--exec-root=" + directory.resolve("run"),
            "--pidfile=" + directory.resolve("pid"),
            "--storage-driver=vfs",
            "--bridge=none",
            "--iptables=false",
            "--ip6tables=false",
            "--ip-forward=false",
            "--exec-opt=native.cgroupdriver=cgroupfs",
            "--cgroup-parent=/" + CGROUP,
            "--add-runtime=" + name + "=" + runtime.program(),
            "--default-runtime=" + name));
    command.addAll(options);
    var daemon =
        DaemonProcess.start(
            "dockerd", directory.resolve("dockerd.log"), command, home.environment());
    var docker = new Docker(home, runtime, daemon);
    daemon.awaitSocket(directory.resolve("docker.sock"));
    Path image = directory.resolve("image");
    OfflineImages.busybox(image);
    docker.docker("load", "-i", Containerd.dockerArchive(home, image).toString()).fine();
    docker.run(List.of(), "true").fine();
    return docker;
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
            Locations.peer("docker").toString(),
            "--host",
            "unix://" + home.directory().resolve("docker.sock")),
        words);
  }

  Answer docker(String... words) throws IOException, InterruptedException {
    return home.run(command(words));
  }

  /** {@code docker run --rm} of a shell script. */
  Answer run(List<String> options, String script) throws IOException, InterruptedException {
    return runProgram(options, "sh", "-c", script);
  }

  Answer runProgram(List<String> options, String... program)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("run", "--rm", "--network", "none"));
    words.addAll(options);
    words.add(IMAGE);
    words.addAll(Arrays.asList(program));
    return docker(words.toArray(String[]::new));
  }

  /** {@code docker run --detach} of a shell script; {@link #remove} ends it. */
  void detached(String name, List<String> options, String script)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("run", "--detach", "--network", "none", "--name", name));
    words.addAll(options);
    words.addAll(List.of(IMAGE, "sh", "-c", script));
    docker(words.toArray(String[]::new)).fine();
  }

  /** {@code docker rm --force}. */
  void remove(String name) throws IOException, InterruptedException {
    docker("rm", "--force", name).fine();
  }

  /** A field of {@code docker inspect}. */
  Answer inspect(String name, String field) throws IOException, InterruptedException {
    return docker("inspect", "--format", "{{." + field + "}}", name);
  }

  @Override
  public void close() throws IOException {
    daemon.stop();
    home.close();
    LeftBehind.removeCgroup(CGROUP);
  }
}

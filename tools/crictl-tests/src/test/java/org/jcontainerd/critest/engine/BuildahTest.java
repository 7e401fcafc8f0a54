package org.jcontainerd.critest.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jcontainerd.testing.runtime.Locations;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** buildah's builds on the runtime under test. */
class BuildahTest extends EngineSuite {
  private Podman podman;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    podman = Podman.start();
  }

  @AfterAll
  void stop() throws IOException {
    podman.close();
  }

  private List<String> command(String... words) {
    return EngineHome.words(
        List.of(
            Locations.peer("buildah").toString(),
            "--root",
            podman.home().directory().resolve("storage").toString(),
            "--runroot",
            podman.home().directory().resolve("run/storage").toString()),
        words);
  }

  private Answer buildah(String... words) throws IOException, InterruptedException {
    return podman.home().run(command(words));
  }

  /** {@code buildah run} on the runtime under test. */
  private String[] running(String container, List<String> options, String... program) {
    var words =
        new ArrayList<>(
            List.of(
                "run",
                "--isolation",
                "oci",
                "--network",
                "none",
                "--runtime",
                podman.runtime().program().toString()));
    words.addAll(options);
    words.add(container);
    words.addAll(Arrays.asList(program));
    return words.toArray(String[]::new);
  }

  @Test
  void run_inAWorkingContainer_changesItAndPassesOnTheExitCode() throws Exception {
    buildah("from", "--name", "work", podman.image()).fine();
    assertEquals(
        "in",
        buildah(running("work", List.of(), "sh", "-c", "echo in; touch /made; exit 4")).ending(4));
    buildah(running("work", List.of(), "test", "-e", "/made")).fine();
    String image = buildah("commit", "-q", "work").fine();
    podman.podman("run", "--rm", image, "test", "-e", "/made").fine();
    buildah("rm", "work").fine();
    podman.podman("rmi", image).fine();
  }

  @Test
  void run_withTerminal_givesOne() throws Exception {
    buildah("from", "--name", "terminal", podman.image()).fine();
    Answer answer = podman.home().onTerminal(command(running("terminal", List.of("--tty"), "tty")));
    answer.showing(0, "/dev/pts/0");
    buildah("rm", "terminal").fine();
  }

  @Test
  void build_ofADockerfileWithRun_runsItsCommands() throws Exception {
    var file =
        podman
            .home()
            .file(
                "context/Dockerfile",
                """
                FROM %s
                RUN echo built > /built && id -u >> /built
                USER 33
                RUN id -u > /tmp/user
                CMD cat /built /tmp/user
                """
                    .formatted(podman.image()));
    buildah(
            "build",
            "--isolation",
            "oci",
            "--network",
            "none",
            "--runtime",
            podman.runtime().program().toString(),
            "-t",
            "made",
            file.getParent().toString())
        .fine();
    assertEquals("built\n0\n33", podman.podman("run", "--rm", "made").fine());
    podman.podman("rmi", "made").fine();
  }
}

package org.jcontainerd.critest.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A dockerd whose containers all have a user namespace, on the runtime under test. */
class DockerUserNamespaceTest extends EngineSuite {
  private Docker docker;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    docker = Docker.startRemapped();
  }

  @AfterAll
  void stop() throws IOException {
    docker.close();
  }

  @Test
  void run_mapsIdsAndOwnsTheRoot() throws Exception {
    Answer answer =
        docker.run(
            List.of(),
            "cat /proc/self/uid_map /proc/self/gid_map; stat -c %u:%g /bin; touch /x && echo made");
    assertEquals("0 100000 65536", answer.lines().get(0).replaceAll(" +", " "), answer::toString);
    assertEquals("0 200000 65536", answer.lines().get(1).replaceAll(" +", " "), answer::toString);
    assertEquals(List.of("0:0", "made"), answer.lines().subList(2, 4));
  }

  @Test
  void exec_isInTheSameNamespace() throws Exception {
    docker.detached("mapped", List.of(), "readlink /proc/self/ns/user; exec sleep 1000");
    await(() -> docker.docker("logs", "mapped"), text -> text.startsWith("user:"));
    assertEquals(
        docker.docker("logs", "mapped").fine(),
        docker.docker("exec", "mapped", "readlink", "/proc/self/ns/user").fine());
    docker.remove("mapped");
  }

  @Test
  void privileged_isRefused_unlessInTheHostsNamespace() throws Exception {
    docker
        .run(List.of("--privileged"), "true")
        .refused(125, "privileged mode is incompatible with user namespaces");
    assertEquals(
        Files.readSymbolicLink(Path.of("/proc/self/ns/user")).toString(),
        docker.run(List.of("--userns", "host"), "readlink /proc/self/ns/user").fine());
  }
}

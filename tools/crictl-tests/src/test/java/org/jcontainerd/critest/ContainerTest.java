package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.api.cri.v1.Container;
import org.jcontainerd.api.cri.v1.ContainerFilter;
import org.jcontainerd.api.cri.v1.ContainerState;
import org.jcontainerd.api.cri.v1.ContainerStateValue;
import org.jcontainerd.api.cri.v1.KeyValue;
import org.jcontainerd.api.cri.v1.ListContainersRequest;
import org.jcontainerd.api.cri.v1.Mount;
import org.jcontainerd.api.cri.v1.RemoveContainerRequest;
import org.jcontainerd.api.cri.v1.StartContainerRequest;
import org.jcontainerd.api.cri.v1.StopContainerRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a container. */
class ContainerTest extends CriSuite {
  private static final String AWAIT_READY = "while [ ! -e /ready ]; do sleep 0.02; done";

  @TempDir private Path host;

  private void stop(String id, long seconds) {
    var _ =
        cri()
            .runtime()
            .stopContainer(
                StopContainerRequest.newBuilder().setContainerId(id).setTimeout(seconds).build());
  }

  private void remove(String id) {
    var _ =
        cri()
            .runtime()
            .removeContainer(RemoveContainerRequest.newBuilder().setContainerId(id).build());
  }

  private List<String> list(ContainerFilter.Builder filter) {
    return cri()
        .runtime()
        .listContainers(ListContainersRequest.newBuilder().setFilter(filter).build())
        .getContainersList()
        .stream()
        .map(Container::getId)
        .toList();
  }

  @Test
  void life_fromCreatedToRemoved_showsEachState() throws Exception {
    var pod = pods().pod("life").build();
    String podId = run(pod);
    var config =
        shell("main", "while [ ! -e /host/go ]; do sleep 0.02; done; exit 7")
            .addMounts(Mount.newBuilder().setHostPath(host.toString()).setContainerPath("/host"))
            .putLabels("k", "v")
            .putAnnotations("a", "b")
            .build();
    String id = pods().create(podId, pod, config);
    var created = status(id);
    assertEquals(ContainerState.CONTAINER_CREATED, created.getState());
    assertEquals(config.getMetadata(), created.getMetadata());
    assertEquals(config.getLabelsMap(), created.getLabelsMap());
    assertEquals(config.getAnnotationsMap(), created.getAnnotationsMap());
    assertTrue(created.getCreatedAt() > 0);
    pods().start(id);
    assertEquals(ContainerState.CONTAINER_RUNNING, status(id).getState());
    Files.createFile(host.resolve("go"));
    var exited = awaitExit(id);
    assertEquals(7, exited.getExitCode());
    assertEquals("Error", exited.getReason());
    assertTrue(exited.getStartedAt() >= created.getCreatedAt());
    assertTrue(exited.getFinishedAt() >= exited.getStartedAt());
    remove(id);
    remove(id);
    assertEquals(Status.Code.NOT_FOUND, refused(() -> status(id)).getCode());
  }

  @Test
  void exit_ofZero_isCompleted() throws Exception {
    var status = awaitExit(startShell("zero", "true"));
    assertEquals(0, status.getExitCode());
    assertEquals("Completed", status.getReason());
    onlyOurs("may say that a process that ends at once has ended before it was started");
    assertTrue(status.getFinishedAt() >= status.getStartedAt());
  }

  @Test
  void stop_withATrap_givesTheProcessTimeToEnd() {
    String id = startShell("trap", "trap 'exit 3' TERM; >/ready; while :; do sleep 0.05; done");
    output(id, AWAIT_READY);
    stop(id, 20);
    assertEquals(3, status(id).getExitCode());
    stop(id, 20);
  }

  @Test
  void stop_ofAProcessThatIgnoresTerm_killsIt() {
    String id = startShell("deaf", "trap '' TERM; >/ready; while :; do sleep 0.05; done");
    output(id, AWAIT_READY);
    stop(id, 1);
    assertEquals(137, status(id).getExitCode());
  }

  @Test
  void stop_andRemove_ofUnknownContainer_isFine() {
    remove("feedfacefeedface");
    onlyOurs("answers NOT_FOUND to StopContainer of an unknown container");
    stop("feedfacefeedface", 1);
  }

  @Test
  void remove_runningContainer_killsIt() {
    String id = startShell("running", "sleep 3600");
    remove(id);
    assertEquals(Status.Code.NOT_FOUND, refused(() -> status(id)).getCode());
  }

  @Test
  void start_twice_isRefused() {
    String id = startShell("again", "sleep 3600");
    var request = StartContainerRequest.newBuilder().setContainerId(id).build();
    assertNames(refused(() -> cri().runtime().startContainer(request)), id.substring(0, 8));
    assertEquals(ContainerState.CONTAINER_RUNNING, status(id).getState());
  }

  @Test
  void start_ofACommandThatDoesNotExist_leavesAnExitedContainerWithAReason() {
    var pod = pods().pod("missing").build();
    String podId = run(pod);
    String id =
        pods()
            .create(
                podId,
                pod,
                org.jcontainerd.testing.cri.Pods.container("main", busybox(), "no-such-command")
                    .build());
    var request = StartContainerRequest.newBuilder().setContainerId(id).build();
    assertNames(refused(() -> cri().runtime().startContainer(request)), "no-such-command");
    var status = status(id);
    assertEquals(ContainerState.CONTAINER_EXITED, status.getState());
    assertEquals(128, status.getExitCode());
    assertEquals("StartError", status.getReason());
    remove(id);
    var better = shell("main", "sleep 3600").build();
    assertEquals(ContainerState.CONTAINER_RUNNING, status(start(podId, pod, better)).getState());
  }

  @Test
  void create_withEnvironmentDirectoryAndMounts_passesThemOn() throws IOException {
    Files.writeString(host.resolve("file"), "from the host");
    var pod = pods().pod("config").build();
    var config =
        shell("main", "sleep 3600")
            .setWorkingDir("/tmp")
            .addEnvs(
                KeyValue.newBuilder()
                    .setKey("GREETING")
                    .setValue(ByteString.copyFromUtf8("hello world")))
            .addMounts(
                Mount.newBuilder()
                    .setContainerPath("/data")
                    .setHostPath(host.toString())
                    .setReadonly(true))
            .build();
    String id = start(run(pod), pod, config);
    // a process that exec starts gets the container's environment and directory
    assertEquals("hello world", output(id, "echo $GREETING"));
    assertEquals("/tmp", output(id, "pwd"));
    assertEquals("from the host", output(id, "cat /data/file"));
    assertEquals(1, pods().exec(id, "touch", "/data/new").getExitCode());
    assertEquals(config.getMountsList(), status(id).getMountsList());
  }

  @Test
  void list_byEachFilter_givesWhatMatches() throws Exception {
    var pod = pods().pod("filters").build();
    String podId = run(pod);
    String running =
        start(podId, pod, shell("running", "sleep 3600").putLabels("kind", "long").build());
    String exited = start(podId, pod, shell("exited", "true").putLabels("kind", "short").build());
    awaitExit(exited);
    var ofPod = ContainerFilter.newBuilder().setPodSandboxId(podId);
    assertEquals(2, list(ofPod).size());
    assertEquals(List.of(running), list(ofPod.clone().putLabelSelector("kind", "long")));
    assertEquals(List.of(exited), list(ContainerFilter.newBuilder().setId(exited)));
    var state = ContainerStateValue.newBuilder().setState(ContainerState.CONTAINER_EXITED);
    assertEquals(List.of(exited), list(ofPod.clone().setState(state)));
  }

  @Test
  void create_withoutImageHere_isNotFound() {
    var pod = pods().pod("no-image").build();
    String podId = run(pod);
    var config =
        org.jcontainerd.testing.cri.Pods.container("main", "127.0.0.1:1/not/here:latest", "sh")
            .build();
    var status = refused(() -> pods().create(podId, pod, config));
    assertEquals(Status.Code.NOT_FOUND, status.getCode());
    assertNames(status, "127.0.0.1:1/not/here:latest");
  }

  @Test
  void create_inUnknownPod_isNotFound() {
    var pod = pods().pod("unknown").build();
    var config = shell("main", "true").build();
    var status = refused(() -> pods().create("feedfacefeedface", pod, config));
    assertEquals(Status.Code.NOT_FOUND, status.getCode());
  }

  @Test
  void create_twiceWithOneName_doesNotMakeTwo() {
    var pod = pods().pod("name").build();
    String podId = run(pod);
    var config = shell("main", "sleep 3600").build();
    String first = pods().create(podId, pod, config);
    try {
      assertEquals(first, pods().create(podId, pod, config));
    } catch (io.grpc.StatusRuntimeException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("main"), e.getMessage());
    }
    assertEquals(List.of(first), list(ContainerFilter.newBuilder().setPodSandboxId(podId)));
  }

  @Test
  void memoryLimit_whenOverrun_isReportedAsOomKilled() throws Exception {
    var pod = pods().pod("oom").build();
    var config = shell("main", "dd if=/dev/zero of=/dev/null bs=60M");
    config.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(15 << 20);
    config.getLinuxBuilder().getResourcesBuilder().setMemorySwapLimitInBytes(15 << 20);
    String id = start(run(pod), pod, config.build());
    var status = awaitExit(id);
    assertEquals(137, status.getExitCode());
    onlyOurs("sees the exit before the OOM event at times, and then says Error");
    assertEquals("OOMKilled", status.getReason());
  }
}

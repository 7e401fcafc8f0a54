package org.jcontainerd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.ContainerFilter;
import org.jcontainerd.api.cri.v1.ContainerState;
import org.jcontainerd.api.cri.v1.ContainerStatus;
import org.jcontainerd.api.cri.v1.ContainerStatusRequest;
import org.jcontainerd.api.cri.v1.ExecRequest;
import org.jcontainerd.api.cri.v1.ExecSyncRequest;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.Int64Value;
import org.jcontainerd.api.cri.v1.LinuxContainerResources;
import org.jcontainerd.api.cri.v1.ListContainersRequest;
import org.jcontainerd.api.cri.v1.Mount;
import org.jcontainerd.api.cri.v1.PullImageRequest;
import org.jcontainerd.api.cri.v1.RemoveContainerRequest;
import org.jcontainerd.api.cri.v1.RemovePodSandboxRequest;
import org.jcontainerd.api.cri.v1.StartContainerRequest;
import org.jcontainerd.api.cri.v1.StopContainerRequest;
import org.jcontainerd.api.cri.v1.StopPodSandboxRequest;
import org.jcontainerd.api.cri.v1.UpdateContainerResourcesRequest;
import org.jcontainerd.api.shim.v1.ExecSyncResponse;
import org.jcontainerd.daemon.fake.FakeImages;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Spec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers through the CRI socket, over fakes. */
final class ContainerOperationsTest {
  @TempDir Path directory;
  private DaemonFixture daemon;
  private String pod = "";

  @BeforeEach
  void start() throws Exception {
    daemon = new DaemonFixture(directory);
    pod = daemon.run(DaemonFixture.pod("p"));
  }

  @AfterEach
  void close() throws Exception {
    daemon.close();
  }

  @Test
  void lifecycle_createStartExitRemove() throws Exception {
    var config = DaemonFixture.container("c");
    String id = daemon.create(pod, config);
    assertEquals(ContainerState.CONTAINER_CREATED, status(id).getState());
    assertTrue(status(id).getCreatedAt() > 0);
    start(id);
    ContainerStatus running = status(id);
    assertEquals(ContainerState.CONTAINER_RUNNING, running.getState());
    assertTrue(running.getStartedAt() >= running.getCreatedAt());
    assertEquals(FakeImages.ID, running.getImageRef());
    assertEquals(FakeImages.ID, running.getImageId());
    assertEquals("busybox", running.getImage().getImage());
    assertEquals(config.getLabelsMap(), running.getLabelsMap());
    daemon.shim.end(id, 3);
    PodOperationsTest.await(() -> status(id).getState() == ContainerState.CONTAINER_EXITED);
    ContainerStatus exited = status(id);
    assertEquals(3, exited.getExitCode());
    assertEquals("Error", exited.getReason());
    assertEquals(5_000_000_000_000L, exited.getFinishedAt());
    PodOperationsTest.await(() -> !daemon.shim.tasks.containsKey(id));
    remove(id);
    remove(id);
    assertEquals(Status.Code.NOT_FOUND, code(() -> status(id)));
    removePod();
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void remove_inEveryState_leavesNothing() throws Exception {
    remove(daemon.create(pod, DaemonFixture.container("created")));
    String running = daemon.create(pod, DaemonFixture.container("running"));
    start(running);
    remove(running);
    removePod();
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void stopPod_killsContainers_andForbidsNewOnes() throws Exception {
    String running = daemon.create(pod, DaemonFixture.container("running"));
    String created = daemon.create(pod, DaemonFixture.container("created"));
    start(running);
    stopPod();
    assertEquals(137, status(running).getExitCode());
    assertEquals(Status.Code.FAILED_PRECONDITION, code(() -> start(created)));
    assertEquals(
        Status.Code.FAILED_PRECONDITION,
        code(() -> daemon.create(pod, DaemonFixture.container("late"))));
    removePod();
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void stop_politeThenKill_signalOnce() throws Exception {
    daemon.shim.stubborn = true;
    String id = daemon.create(pod, DaemonFixture.container("c"));
    start(id);
    var patient = CompletableFuture.runAsync(() -> stop(id, 60));
    PodOperationsTest.await(() -> daemon.failpoints.count("shim.kill 15") == 1);
    stop(id, 1);
    patient.get(10, TimeUnit.SECONDS);
    assertEquals(137, status(id).getExitCode());
    assertEquals(1, daemon.failpoints.count("shim.kill 15"));
    stop(id, 1);
    stop("f".repeat(64), 1);
  }

  @Test
  void stop_politeProcess_endsWithItsSignal() {
    String id = daemon.create(pod, DaemonFixture.container("c"));
    start(id);
    stop(id, 10);
    assertEquals(143, status(id).getExitCode());
    assertEquals("Error", status(id).getReason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"snapshot.prepare", "container.insert"})
  void create_failingStep_takesAllBack(String point) throws Exception {
    daemon.failpoints.fail(point);
    var e =
        assertThrows(
            StatusRuntimeException.class, () -> daemon.create(pod, DaemonFixture.container("c")));
    assertTrue(e.getMessage().contains("failpoint '" + point + "'"), e.getMessage());
    daemon.failpoints.clear();
    remove(daemon.create(pod, DaemonFixture.container("c")));
    removePod();
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void start_failing_isExitedWithStartError() throws Exception {
    String id = daemon.create(pod, DaemonFixture.container("c"));
    daemon.failpoints.fail("shim.create");
    assertEquals(Status.Code.UNKNOWN, code(() -> start(id)));
    ContainerStatus status = status(id);
    assertEquals(ContainerState.CONTAINER_EXITED, status.getState());
    assertEquals(128, status.getExitCode());
    assertEquals("StartError", status.getReason());
    assertEquals("shim.create: failpoint 'shim.create'", status.getMessage());
    daemon.failpoints.clear();
    assertEquals(Status.Code.FAILED_PRECONDITION, code(() -> start(id)));
    remove(id);
    removePod();
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void create_again_answersTheSame_unlessItDiffers() {
    var config = DaemonFixture.container("c");
    String id = daemon.create(pod, config);
    assertEquals(id, daemon.create(pod, config));
    var other = config.toBuilder().setTty(true).build();
    assertEquals(Status.Code.ALREADY_EXISTS, code(() -> daemon.create(pod, other)));
    start(id);
    assertEquals(Status.Code.ALREADY_EXISTS, code(() -> daemon.create(pod, config)));
  }

  @Test
  void create_badRequests_sayWhat() {
    var c = DaemonFixture.container("c");
    assertEquals(
        "image 'nosuch': not found",
        refusal(Status.Code.NOT_FOUND, c.toBuilder().setImage(image("nosuch"))));
    assertEquals(
        "container 'c': no command given and image 'empty' has none",
        refusal(Status.Code.INVALID_ARGUMENT, c.toBuilder().setImage(image("empty"))));
    assertEquals(
        "mount '/no/such/path': host path does not exist",
        refusal(
            Status.Code.INVALID_ARGUMENT,
            c.toBuilder()
                .addMounts(
                    Mount.newBuilder().setContainerPath("/x").setHostPath("/no/such/path"))));
    assertEquals(
        "mount '/x': recursive_read_only needs readonly and private propagation",
        refusal(
            Status.Code.INVALID_ARGUMENT,
            c.toBuilder()
                .addMounts(
                    Mount.newBuilder()
                        .setContainerPath("/x")
                        .setHostPath("/")
                        .setRecursiveReadOnly(true))));
    var group = c.toBuilder();
    group
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setRunAsGroup(Int64Value.newBuilder().setValue(5));
    assertEquals(
        "security context: run_as_group is set without run_as_user or run_as_username",
        refusal(Status.Code.INVALID_ARGUMENT, group));
    var user = c.toBuilder();
    user.getLinuxBuilder().getSecurityContextBuilder().setRunAsUsername("nobody");
    assertEquals(
        "user 'nobody': not in the image's /etc/passwd",
        refusal(Status.Code.INVALID_ARGUMENT, user));
    assertEquals(
        Status.Code.NOT_FOUND,
        code(() -> daemon.create("e".repeat(64), DaemonFixture.container("c"))));
  }

  @Test
  void user_withGroupsOfTheImage_isInStatusAndSpec() throws Exception {
    var config = DaemonFixture.container("c").toBuilder();
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setRunAsUser(Int64Value.newBuilder().setValue(1000))
        .addSupplementalGroups(1234);
    String id = daemon.create(pod, config.build());
    var user = status(id).getUser().getLinux();
    assertEquals(1000, user.getUid());
    assertEquals(1001, user.getGid());
    assertEquals(List.of(1001L, 50000L, 1234L), user.getSupplementalGroupsList());
    assertEquals(
        user.getSupplementalGroupsList(), spec(id).process().orElseThrow().user().additionalGids());
  }

  @Test
  void imageVolume_isMountedReadOnly_andRemoved() throws Exception {
    var volume =
        Mount.newBuilder()
            .setContainerPath("/data")
            .setImage(image(FakeImages.ID))
            .setReadonly(true);
    var config = DaemonFixture.container("c").toBuilder();
    assertEquals(
        "mount '/data': an image volume must be readonly",
        refusal(
            Status.Code.INVALID_ARGUMENT,
            config.clone().addMounts(volume.clone().setReadonly(false))));
    assertTrue(
        refusal(
                Status.Code.INVALID_ARGUMENT,
                config.clone().addMounts(volume.clone().setImageSubPath("no/such")))
            .startsWith("ImageVolumeMountFailed: mount '/data': sub path 'no/such'"));
    assertEquals(
        List.of(), daemon.leftovers().stream().filter(l -> l.startsWith("snapshot")).toList());
    String id = daemon.create(pod, config.clone().addMounts(volume).build());
    assertEquals(FakeImages.ID, status(id).getMounts(0).getImage().getImageRef());
    Path source = daemon.layout.bundle(id).resolve("volumes/0");
    assertTrue(Files.exists(source.resolve("file")));
    var mount =
        spec(id).mounts().stream()
            .filter(m -> m.destination().equals("/data"))
            .findFirst()
            .orElseThrow();
    assertEquals(source.toString(), mount.source());
    assertEquals(List.of("rbind", "rprivate", "ro"), mount.options());
    remove(id);
    removePod();
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void execSync_codeAndOutput_timeoutIsDeadlineExceeded() {
    String id = daemon.create(pod, DaemonFixture.container("c"));
    var request =
        ExecSyncRequest.newBuilder().setContainerId(id).addCmd("true").setTimeout(1).build();
    assertEquals(
        Status.Code.FAILED_PRECONDITION, code(() -> daemon.cri.runtime().execSync(request)));
    start(id);
    daemon.shim.execAnswer =
        ExecSyncResponse.newBuilder()
            .setExitCode(7)
            .setStdout(ByteString.copyFromUtf8("out"))
            .setStderr(ByteString.copyFromUtf8("err"))
            .build();
    var answer = daemon.cri.runtime().execSync(request);
    assertEquals(7, answer.getExitCode());
    assertEquals("out", answer.getStdout().toStringUtf8());
    assertEquals("err", answer.getStderr().toStringUtf8());
    daemon.shim.execAnswer = ExecSyncResponse.newBuilder().setTimedOut(true).build();
    assertEquals(Status.Code.DEADLINE_EXCEEDED, code(() -> daemon.cri.runtime().execSync(request)));
    assertEquals(
        Status.Code.INVALID_ARGUMENT,
        code(() ->
            daemon
                .cri
                .runtime()
                .execSync(ExecSyncRequest.newBuilder().setContainerId(id).build())));
  }

  @Test
  void exec_answersAUrl_andRefusesWrongStreams() {
    String id = daemon.create(pod, DaemonFixture.container("c"));
    start(id);
    var request = ExecRequest.newBuilder().setContainerId(id).addCmd("sh").setStdout(true);
    assertEquals(
        "http://127.0.0.1:1/exec/token", daemon.cri.runtime().exec(request.build()).getUrl());
    assertEquals(
        Status.Code.INVALID_ARGUMENT,
        code(() -> daemon.cri.runtime().exec(request.setTty(true).setStderr(true).build())));
  }

  @Test
  void update_createdAndRunning_isInSpecShimAndStatus() throws Exception {
    var config = DaemonFixture.container("c").toBuilder();
    config
        .getLinuxBuilder()
        .setResources(LinuxContainerResources.newBuilder().setCpuShares(100).setCpuQuota(5000));
    String id = daemon.create(pod, config.build());
    update(id, LinuxContainerResources.newBuilder().setCpuShares(200).build());
    assertEquals(200, status(id).getResources().getLinux().getCpuShares());
    assertEquals(5000, status(id).getResources().getLinux().getCpuQuota());
    var cpu = spec(id).linux().orElseThrow().resources().orElseThrow().cpu().orElseThrow();
    assertEquals(200L, cpu.shares().orElseThrow());
    start(id);
    daemon.failpoints.fail("shim.update");
    assertEquals(
        Status.Code.UNKNOWN,
        code(() -> update(id, LinuxContainerResources.newBuilder().setCpuShares(300).build())));
    assertEquals(200, status(id).getResources().getLinux().getCpuShares());
  }

  @Test
  void list_filters() {
    String a = daemon.create(pod, DaemonFixture.container("a"));
    String b = daemon.create(pod, DaemonFixture.container("b"));
    start(b);
    assertEquals(2, list(ContainerFilter.getDefaultInstance()).size());
    assertEquals(List.of(a), list(ContainerFilter.newBuilder().setId(a.substring(0, 12)).build()));
    assertEquals(List.of(b), list(ContainerFilter.newBuilder().putLabelSelector("c", "b").build()));
    assertEquals(2, list(ContainerFilter.newBuilder().setPodSandboxId(pod).build()).size());
    assertEquals(
        List.of(), list(ContainerFilter.newBuilder().setPodSandboxId("0".repeat(64)).build()));
  }

  @Test
  void restart_recordsExitsThatHappenedMeanwhile_andRemovesOrphans() throws Exception {
    String living = daemon.create(pod, DaemonFixture.container("living"));
    String ended = daemon.create(pod, DaemonFixture.container("ended"));
    String vanished = daemon.create(pod, DaemonFixture.container("vanished"));
    String created = daemon.create(pod, DaemonFixture.container("created"));
    List.of(living, ended, vanished).forEach(this::start);
    var running = daemon.shim.tasks.get(ended);
    daemon.close();
    daemon.shim.tasks.remove(vanished);
    assertTrue(running != null);
    daemon.shim.end(ended, 42);

    daemon.restart();

    PodOperationsTest.await(() -> status(ended).getState() == ContainerState.CONTAINER_EXITED);
    assertEquals(42, status(ended).getExitCode());
    assertEquals(ContainerState.CONTAINER_RUNNING, status(living).getState());
    assertEquals(ContainerState.CONTAINER_CREATED, status(created).getState());
    start(created);
    stop(living, 1);
    assertEquals(143, status(living).getExitCode());
    removePod();
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void pull_clientGone_isDeadlineExceeded() {
    var request = PullImageRequest.newBuilder().setImage(image("example.test/slow")).build();
    var e =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                daemon
                    .cri
                    .images()
                    .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                    .pullImage(request));
    assertEquals(Status.Code.DEADLINE_EXCEEDED, e.getStatus().getCode());
    assertEquals(
        FakeImages.ID,
        daemon
            .cri
            .images()
            .pullImage(PullImageRequest.newBuilder().setImage(image("busybox")).build())
            .getImageRef());
  }

  private Spec spec(String id) throws Exception {
    return OciJson.read(
        Files.readAllBytes(daemon.layout.bundle(id).resolve("config.json")), Spec.class);
  }

  private static ImageSpec image(String name) {
    return ImageSpec.newBuilder().setImage(name).build();
  }

  private String refusal(Status.Code code, ContainerConfig.Builder config) {
    var e = assertThrows(StatusRuntimeException.class, () -> daemon.create(pod, config.build()));
    assertEquals(code, e.getStatus().getCode(), e.getMessage());
    return String.valueOf(e.getStatus().getDescription());
  }

  private static Status.Code code(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(StatusRuntimeException.class, call).getStatus().getCode();
  }

  private List<String> list(ContainerFilter filter) {
    return daemon
        .cri
        .runtime()
        .listContainers(ListContainersRequest.newBuilder().setFilter(filter).build())
        .getContainersList()
        .stream()
        .map(c -> c.getId())
        .toList();
  }

  private ContainerStatus status(String id) {
    return daemon
        .cri
        .runtime()
        .containerStatus(ContainerStatusRequest.newBuilder().setContainerId(id).build())
        .getStatus();
  }

  private void start(String id) {
    var _ =
        daemon
            .cri
            .runtime()
            .startContainer(StartContainerRequest.newBuilder().setContainerId(id).build());
  }

  private void stop(String id, long timeout) {
    var _ =
        daemon
            .cri
            .runtime()
            .stopContainer(
                StopContainerRequest.newBuilder().setContainerId(id).setTimeout(timeout).build());
  }

  private void remove(String id) {
    var _ =
        daemon
            .cri
            .runtime()
            .removeContainer(RemoveContainerRequest.newBuilder().setContainerId(id).build());
  }

  private void update(String id, LinuxContainerResources limits) {
    var _ =
        daemon
            .cri
            .runtime()
            .updateContainerResources(
                UpdateContainerResourcesRequest.newBuilder()
                    .setContainerId(id)
                    .setLinux(limits)
                    .build());
  }

  private void stopPod() {
    var _ =
        daemon
            .cri
            .runtime()
            .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(pod).build());
  }

  private void removePod() {
    var _ =
        daemon
            .cri
            .runtime()
            .removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod).build());
  }
}

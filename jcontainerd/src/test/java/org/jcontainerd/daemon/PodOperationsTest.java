package org.jcontainerd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.api.cri.v1.DNSConfig;
import org.jcontainerd.api.cri.v1.ListPodSandboxRequest;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.cri.v1.PodSandboxFilter;
import org.jcontainerd.api.cri.v1.PodSandboxState;
import org.jcontainerd.api.cri.v1.PodSandboxStateValue;
import org.jcontainerd.api.cri.v1.PodSandboxStatus;
import org.jcontainerd.api.cri.v1.PodSandboxStatusRequest;
import org.jcontainerd.api.cri.v1.RemovePodSandboxRequest;
import org.jcontainerd.api.cri.v1.RunPodSandboxRequest;
import org.jcontainerd.api.cri.v1.StatusRequest;
import org.jcontainerd.api.cri.v1.StopPodSandboxRequest;
import org.jcontainerd.api.cri.v1.VersionRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods through the CRI socket, over fakes. */
final class PodOperationsTest {
  @TempDir Path directory;
  private DaemonFixture daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = new DaemonFixture(directory);
  }

  @AfterEach
  void close() throws Exception {
    daemon.close();
  }

  @Test
  void version_hasAllFields() {
    var version = daemon.cri.runtime().version(VersionRequest.getDefaultInstance());
    assertEquals("jcontainerd", version.getRuntimeName());
    assertEquals("v1", version.getRuntimeApiVersion());
    assertEquals("0.1.0", version.getVersion());
    assertFalse(version.getRuntimeVersion().isEmpty());
  }

  @Test
  void status_withoutNetwork_saysWhy() {
    daemon.networks.trouble = java.util.Optional.of("no network configuration in '/x'");
    var status = daemon.cri.runtime().status(StatusRequest.getDefaultInstance()).getStatus();
    assertEquals(2, status.getConditionsCount());
    assertTrue(status.getConditions(0).getStatus());
    assertFalse(status.getConditions(1).getStatus());
    assertEquals("no network configuration in '/x'", status.getConditions(1).getMessage());
  }

  @Test
  void socket_isForOwnerAndGroup() throws Exception {
    assertEquals(
        "rw-rw----",
        java.nio.file.attribute.PosixFilePermissions.toString(
            Files.getPosixFilePermissions(daemon.socket())));
  }

  @Test
  void run_statusStopRemove_leavesNothing() throws Exception {
    var config = DaemonFixture.pod("a");
    String id = daemon.run(config);
    PodSandboxStatus status = status(id);
    assertEquals(PodSandboxState.SANDBOX_READY, status.getState());
    assertEquals("10.1.2.3", status.getNetwork().getIp());
    assertEquals("fd00::3", status.getNetwork().getAdditionalIps(0).getIp());
    assertEquals(config.getMetadata(), status.getMetadata());
    assertEquals(config.getLabelsMap(), status.getLabelsMap());
    assertEquals(config.getAnnotationsMap(), status.getAnnotationsMap());
    assertEquals("host-a\n", Files.readString(daemon.layout.pod(id).resolve("hostname")));

    stop(id);
    assertEquals(PodSandboxState.SANDBOX_NOTREADY, status(id).getState());
    assertEquals(List.of(), List.copyOf(daemon.shim.tasks.keySet()));
    stop(id);
    remove(id);
    remove(id);
    stop(id);
    assertEquals(List.of(), daemon.leftovers());
    var e = assertThrows(StatusRuntimeException.class, () -> status(id));
    assertEquals(Status.Code.NOT_FOUND, e.getStatus().getCode());
    assertEquals("pod sandbox '" + id + "': not found", e.getStatus().getDescription());
  }

  @Test
  void remove_running_stopsFirst() throws Exception {
    remove(daemon.run(DaemonFixture.pod("a")));
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void list_filters() {
    String a = daemon.run(DaemonFixture.pod("a"));
    String b = daemon.run(DaemonFixture.pod("b"));
    stop(b);
    assertEquals(2, list(PodSandboxFilter.getDefaultInstance()).size());
    assertEquals(List.of(a), list(PodSandboxFilter.newBuilder().setId(a.substring(0, 20)).build()));
    assertEquals(
        List.of(b), list(PodSandboxFilter.newBuilder().putLabelSelector("app", "b").build()));
    assertEquals(
        List.of(),
        list(
            PodSandboxFilter.newBuilder()
                .putLabelSelector("app", "b")
                .setState(state(PodSandboxState.SANDBOX_READY))
                .build()));
    assertEquals(
        List.of(b),
        list(
            PodSandboxFilter.newBuilder()
                .setState(state(PodSandboxState.SANDBOX_NOTREADY))
                .build()));
  }

  @Test
  void run_again_answersTheSame_unlessItDiffers() {
    var config = DaemonFixture.pod("a");
    String id = daemon.run(config);
    assertEquals(id, daemon.run(config));
    var other = config.toBuilder().setHostname("other").build();
    var e = assertThrows(StatusRuntimeException.class, () -> daemon.run(other));
    assertEquals(Status.Code.ALREADY_EXISTS, e.getStatus().getCode());
    assertEquals(
        "run pod sandbox: name 'a_ns_uid-a_1' is taken by pod sandbox '" + id + "'",
        e.getStatus().getDescription());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"netns.create", "network.attach", "shm.mount", "shim.create", "sandbox.insert"})
  void run_failingStep_takesAllBack_andASecondAttemptWorks(String point) throws Exception {
    daemon.failpoints.fail(point);
    var e = assertThrows(StatusRuntimeException.class, () -> daemon.run(DaemonFixture.pod("a")));
    assertTrue(
        String.valueOf(e.getStatus().getDescription()).contains("failpoint '" + point + "'"),
        e.getStatus().toString());
    assertEquals(Status.Code.UNKNOWN, e.getStatus().getCode());
    assertEquals(List.of(), daemon.leftovers());
    daemon.failpoints.clear();
    remove(daemon.run(DaemonFixture.pod("a")));
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void run_failingUndo_leavesAPodThatCanBeRemoved() throws Exception {
    daemon.failpoints.fail("shim.create", "network.detach");
    assertThrows(StatusRuntimeException.class, () -> daemon.run(DaemonFixture.pod("a")));
    var left = list(PodSandboxFilter.getDefaultInstance());
    assertEquals(1, left.size());
    assertEquals(PodSandboxState.SANDBOX_NOTREADY, status(left.getFirst()).getState());
    var e = assertThrows(StatusRuntimeException.class, () -> stop(left.getFirst()));
    assertTrue(String.valueOf(e.getStatus().getDescription()).contains("network.detach"));
    daemon.failpoints.clear();
    remove(left.getFirst());
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void pod_whoseProcessEnds_isNotReady() throws Exception {
    String id = daemon.run(DaemonFixture.pod("a"));
    daemon.shim.end(id, 1);
    await(() -> status(id).getState() == PodSandboxState.SANDBOX_NOTREADY);
    remove(id);
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void restart_adoptsPods_noticesLostOnes_removesOrphans() throws Exception {
    String living = daemon.run(DaemonFixture.pod("a"));
    String lost = daemon.run(DaemonFixture.pod("b"));
    daemon.shim.tasks.remove(lost);
    String orphan = "0".repeat(64);
    Files.createFile(daemon.layout.netns(orphan));
    Files.createDirectory(daemon.layout.bundle(orphan));
    daemon.networks.connected.add(orphan);

    daemon.restart();

    assertEquals(PodSandboxState.SANDBOX_READY, status(living).getState());
    assertEquals("10.1.2.3", status(living).getNetwork().getIp());
    assertEquals(PodSandboxState.SANDBOX_NOTREADY, status(lost).getState());
    daemon.shim.end(living, 0);
    await(() -> status(living).getState() == PodSandboxState.SANDBOX_NOTREADY);
    remove(living);
    remove(lost);
    assertEquals(List.of(), daemon.leftovers());
  }

  @Test
  void run_badRequests_sayWhat() {
    refused(
        RunPodSandboxRequest.getDefaultInstance(),
        "run pod sandbox: metadata needs name, namespace and uid");
    refused(
        RunPodSandboxRequest.newBuilder()
            .setConfig(DaemonFixture.pod("a"))
            .setRuntimeHandler("kata")
            .build(),
        "run pod sandbox 'a': runtime handler 'kata' is not configured. Known: jrunc");
    var sliced = DaemonFixture.pod("a").toBuilder();
    sliced.getLinuxBuilder().setCgroupParent("x.slice");
    refused(
        request(sliced.build()),
        "cgroup parent 'x.slice': is not an absolute path, as the cgroupfs driver needs");
    var sysctl = DaemonFixture.pod("a").toBuilder();
    sysctl.getLinuxBuilder().putSysctls("kernel.core_pattern", "|/bin/x");
    refused(request(sysctl.build()), "sysctl 'kernel.core_pattern': is not of a namespace");
    var named = DaemonFixture.pod("a").toBuilder().setHostname("a b").build();
    refused(request(named), "hostname 'a b': is not a host name");
  }

  @Test
  void dns_isWrittenAsAsked() throws Exception {
    var dns =
        DaemonFixture.pod("a").toBuilder()
            .setDnsConfig(
                DNSConfig.newBuilder()
                    .addServers("10.10.10.10")
                    .addSearches("google.com")
                    .addOptions("ndots:8"))
            .build();
    String id = daemon.run(dns);
    assertEquals(
        "search google.com\nnameserver 10.10.10.10\noptions ndots:8\n",
        Files.readString(daemon.layout.pod(id).resolve("resolv.conf")));
  }

  @Test
  void verboseStatus_hasTheTimeline() {
    String id = daemon.run(DaemonFixture.pod("a"));
    String timeline =
        daemon
            .cri
            .runtime()
            .podSandboxStatus(
                PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).setVerbose(true).build())
            .getInfoOrThrow("timeline");
    for (String step : List.of("netns", "network", "files", "task", "record")) {
      assertTrue(timeline.contains("{\"step\":\"" + step + "\""), timeline);
    }
  }

  private void refused(RunPodSandboxRequest request, String message) {
    var e =
        assertThrows(
            StatusRuntimeException.class, () -> daemon.cri.runtime().runPodSandbox(request));
    assertEquals(Status.Code.INVALID_ARGUMENT, e.getStatus().getCode());
    assertEquals(message, e.getStatus().getDescription());
  }

  private static RunPodSandboxRequest request(PodSandboxConfig config) {
    return RunPodSandboxRequest.newBuilder().setConfig(config).build();
  }

  private static PodSandboxStateValue state(PodSandboxState state) {
    return PodSandboxStateValue.newBuilder().setState(state).build();
  }

  private List<String> list(PodSandboxFilter filter) {
    return daemon
        .cri
        .runtime()
        .listPodSandbox(ListPodSandboxRequest.newBuilder().setFilter(filter).build())
        .getItemsList()
        .stream()
        .map(i -> i.getId())
        .toList();
  }

  private PodSandboxStatus status(String id) {
    return daemon
        .cri
        .runtime()
        .podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).build())
        .getStatus();
  }

  private void stop(String id) {
    var _ =
        daemon
            .cri
            .runtime()
            .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build());
  }

  private void remove(String id) {
    var _ =
        daemon
            .cri
            .runtime()
            .removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build());
  }

  static void await(java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not in time");
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }
}

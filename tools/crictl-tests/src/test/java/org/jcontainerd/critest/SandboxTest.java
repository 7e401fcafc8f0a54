package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.util.List;
import org.jcontainerd.api.cri.v1.ListPodSandboxRequest;
import org.jcontainerd.api.cri.v1.PodSandbox;
import org.jcontainerd.api.cri.v1.PodSandboxFilter;
import org.jcontainerd.api.cri.v1.PodSandboxState;
import org.jcontainerd.api.cri.v1.PodSandboxStateValue;
import org.junit.jupiter.api.Test;

/** The life of a pod sandbox. */
class SandboxTest extends CriSuite {

  private List<PodSandbox> list(PodSandboxFilter filter) {
    return cri()
        .runtime()
        .listPodSandbox(ListPodSandboxRequest.newBuilder().setFilter(filter).build())
        .getItemsList();
  }

  @Test
  void run_ordinaryPod_isReadyWithAddressAndWhatWasAsked() {
    var pod = pods().pod("ordinary").putAnnotations("note", "kept as it is").build();
    String id = run(pod);
    var status = podStatus(id);
    assertEquals(PodSandboxState.SANDBOX_READY, status.getState());
    assertEquals(pod.getMetadata(), status.getMetadata());
    assertEquals(pod.getLabelsMap(), status.getLabelsMap());
    assertEquals(pod.getAnnotationsMap(), status.getAnnotationsMap());
    assertTrue(status.getNetwork().getIp().startsWith("10.20"), status.getNetwork().getIp());
    assertTrue(status.getCreatedAt() > 0);
  }

  @Test
  void stop_twice_thenRemoveTwice_isFine() {
    String id = pods().run(pods().pod("twice").build());
    pods().stop(id);
    assertEquals(PodSandboxState.SANDBOX_NOTREADY, podStatus(id).getState());
    pods().stop(id);
    pods().remove(id);
    pods().remove(id);
    assertEquals(Status.Code.NOT_FOUND, refused(() -> podStatus(id)).getCode());
    onlyOurs("answers NOT_FOUND to StopPodSandbox of a pod that is gone");
    pods().stop(id);
  }

  @Test
  void remove_runningPod_removesItWithItsContainers() {
    var pod = pods().pod("forced").build();
    String podId = pods().run(pod);
    String id = start(podId, pod, shell("main", "sleep 3600").build());
    pods().stop(podId);
    pods().remove(podId);
    assertEquals(Status.Code.NOT_FOUND, refused(() -> status(id)).getCode());
  }

  @Test
  void list_byEachFilter_givesWhatMatches() {
    String one = run(pods().pod("one").putLabels("app", "a").build());
    String two = run(pods().pod("two").putLabels("app", "b").build());
    pods().stop(two);
    assertEquals(
        List.of(one),
        ids(list(PodSandboxFilter.newBuilder().putLabelSelector("app", "a").build())));
    assertEquals(List.of(two), ids(list(PodSandboxFilter.newBuilder().setId(two).build())));
    var notReady =
        PodSandboxFilter.newBuilder()
            .setState(PodSandboxStateValue.newBuilder().setState(PodSandboxState.SANDBOX_NOTREADY))
            .build();
    assertEquals(List.of(two), ids(list(notReady)));
    assertTrue(ids(list(PodSandboxFilter.getDefaultInstance())).containsAll(List.of(one, two)));
    assertEquals(List.of(), list(PodSandboxFilter.newBuilder().setId("feed").build()));
  }

  private static List<String> ids(List<PodSandbox> sandboxes) {
    return sandboxes.stream().map(PodSandbox::getId).toList();
  }

  @Test
  void run_withUnknownHandler_isRefusedAndLeavesNothing() {
    var pod = pods().pod("handler").build();
    var request =
        org.jcontainerd.api.cri.v1.RunPodSandboxRequest.newBuilder()
            .setConfig(pod)
            .setRuntimeHandler("no-such-handler")
            .build();
    var status = refused(() -> cri().runtime().runPodSandbox(request));
    assertNames(status, "no-such-handler");
    assertFalse(
        list(PodSandboxFilter.getDefaultInstance()).stream()
            .anyMatch(each -> each.getMetadata().getName().equals("handler")));
  }

  @Test
  void status_ofUnknownPod_isNotFound() {
    var status = refused(() -> podStatus("0123456789abcdef"));
    assertEquals(Status.Code.NOT_FOUND, status.getCode());
    assertNames(status, "0123456789abcdef");
  }

  @Test
  void run_withSysctlAndHostname_setsBoth() {
    var pod = pods().pod("sysctl");
    pod.getLinuxBuilder().putSysctls("kernel.shm_rmid_forced", "1");
    String podId = run(pod.build());
    String id = start(podId, pod.build(), shell("main", "sleep 3600").build());
    assertEquals("1", output(id, "cat /proc/sys/kernel/shm_rmid_forced"));
    assertEquals("sysctl", output(id, "hostname"));
  }

  @Test
  void containers_ofOnePod_shareNetworkAndIpcButNotPid() {
    var pod = pods().pod("shared").build();
    String podId = run(pod);
    String one = start(podId, pod, shell("one", "sleep 3600").build());
    String two = start(podId, pod, shell("two", "sleep 3600").build());
    String namespaces = "for ns in net ipc uts; do readlink /proc/self/ns/$ns; done";
    assertEquals(output(one, namespaces), output(two, namespaces));
    assertEquals("sleep", output(one, "cat /proc/1/comm"));
  }
}

package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.util.List;
import org.jcontainerd.api.cri.v1.ContainerStats;
import org.jcontainerd.api.cri.v1.ContainerStatsFilter;
import org.jcontainerd.api.cri.v1.ContainerStatsRequest;
import org.jcontainerd.api.cri.v1.ListContainerStatsRequest;
import org.junit.jupiter.api.Test;

/** Resource usage and runtime information. */
class StatsTest extends CriSuite {

  private ContainerStats stats(String id) {
    return cri()
        .runtime()
        .containerStats(ContainerStatsRequest.newBuilder().setContainerId(id).build())
        .getStats();
  }

  @Test
  void stats_ofABusyContainer_grow() throws Exception {
    String id = startShell("busy", "while :; do :; done");
    var first =
        await(
            () -> stats(id),
            each -> each.getCpu().getUsageCoreNanoSeconds().getValue() > 0,
            "cpu time");
    assertEquals(id, first.getAttributes().getId());
    assertEquals("main", first.getAttributes().getMetadata().getName());
    assertTrue(first.getCpu().getTimestamp() > 0);
    assertTrue(first.getMemory().getTimestamp() > 0);
    assertTrue(first.getMemory().getWorkingSetBytes().getValue() > 0);
    await(
        () -> stats(id).getCpu().getUsageCoreNanoSeconds().getValue(),
        now -> now > first.getCpu().getUsageCoreNanoSeconds().getValue(),
        "more cpu time");
  }

  @Test
  void list_byLabel_givesRunningContainersThatMatch() {
    var pod = pods().pod("labels").build();
    String podId = run(pod);
    String one = start(podId, pod, shell("one", "sleep 3600").putLabels("which", "one").build());
    start(podId, pod, shell("two", "sleep 3600").putLabels("which", "two").build());
    var filter = ContainerStatsFilter.newBuilder().putLabelSelector("which", "one");
    var answer =
        cri()
            .runtime()
            .listContainerStats(ListContainerStatsRequest.newBuilder().setFilter(filter).build());
    assertEquals(
        List.of(one),
        answer.getStatsList().stream().map(each -> each.getAttributes().getId()).toList());
  }

  @Test
  void stats_ofUnknownContainer_isNotFound() {
    var status = refused(() -> stats("feedfacefeedface"));
    if (kind == RuntimeKind.JCONTAINERD) {
      assertEquals(Status.Code.NOT_FOUND, status.getCode());
    }
  }

  @Test
  void version_andStatus_areFilledIn() {
    var version =
        cri().runtime().version(org.jcontainerd.api.cri.v1.VersionRequest.getDefaultInstance());
    assertEquals("v1", version.getRuntimeApiVersion());
    assertTrue(!version.getRuntimeName().isEmpty() && !version.getRuntimeVersion().isEmpty());
    var conditions =
        cri()
            .runtime()
            .status(org.jcontainerd.api.cri.v1.StatusRequest.getDefaultInstance())
            .getStatus()
            .getConditionsList();
    for (String type : List.of("RuntimeReady", "NetworkReady")) {
      assertTrue(
          conditions.stream().anyMatch(each -> each.getType().equals(type) && each.getStatus()),
          () -> type + " in " + conditions);
    }
  }
}

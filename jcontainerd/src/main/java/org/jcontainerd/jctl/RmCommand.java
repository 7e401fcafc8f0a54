package org.jcontainerd.jctl;

import java.util.List;
import java.util.concurrent.Callable;
import org.jcontainerd.api.cri.v1.Container;
import org.jcontainerd.api.cri.v1.ContainerState;
import org.jcontainerd.api.cri.v1.PodSandbox;
import org.jcontainerd.api.cri.v1.RemoveContainerRequest;
import org.jcontainerd.api.cri.v1.RemovePodSandboxRequest;
import org.jcontainerd.api.cri.v1.StopPodSandboxRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "rm",
    description = "Removes pods with their containers, or single containers.",
    mixinStandardHelpOptions = true)
final class RmCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Option(
      names = {"-f", "--force"},
      description = "also what runs")
  private boolean force;

  @Parameters(
      arity = "1..*",
      paramLabel = "POD|CONTAINER",
      description = "id, its beginning, or name; a pod is looked for first")
  private List<String> targets = List.of();

  @Override
  public Integer call() {
    try (CriConnection cri = main.connect()) {
      var lookup = new Lookup(cri);
      for (String typed : targets) {
        if (lookup.pods(typed).isEmpty()) {
          removeContainer(cri, lookup.container(typed));
        } else {
          removePod(cri, lookup.pod(typed));
        }
        System.out.println(typed);
      }
      return 0;
    }
  }

  private void removeContainer(CriConnection cri, Container container) {
    if (!force && container.getState() == ContainerState.CONTAINER_RUNNING) {
      throw new Main.Refusal(
          "container '" + Shown.id(container.getId()) + "' runs; stop it first or give --force");
    }
    var _ =
        cri.runtime()
            .removeContainer(
                RemoveContainerRequest.newBuilder().setContainerId(container.getId()).build());
  }

  private void removePod(CriConnection cri, PodSandbox pod) {
    if (!force && runs(cri, pod)) {
      throw new Main.Refusal(
          "pod '" + Shown.id(pod.getId()) + "' has running containers; give --force");
    }
    remove(cri, pod.getId());
  }

  /** Stops and removes a pod, whatever runs in it. */
  static void remove(CriConnection cri, String podId) {
    var _ =
        cri.runtime()
            .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
    var _ =
        cri.runtime()
            .removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
  }

  private static boolean runs(CriConnection cri, PodSandbox pod) {
    var filter =
        org.jcontainerd.api.cri.v1.ContainerFilter.newBuilder().setPodSandboxId(pod.getId());
    return cri
        .runtime()
        .listContainers(
            org.jcontainerd.api.cri.v1.ListContainersRequest.newBuilder().setFilter(filter).build())
        .getContainersList()
        .stream()
        .anyMatch(each -> each.getState() == ContainerState.CONTAINER_RUNNING);
  }
}

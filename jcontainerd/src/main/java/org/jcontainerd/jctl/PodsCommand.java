package org.jcontainerd.jctl;

import java.util.Comparator;
import java.util.concurrent.Callable;
import org.jcontainerd.api.cri.v1.ListPodSandboxRequest;
import org.jcontainerd.api.cri.v1.PodSandbox;
import org.jcontainerd.api.cri.v1.PodSandboxState;
import org.jcontainerd.api.cri.v1.PodSandboxStatusRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "pods", description = "Lists pods.", mixinStandardHelpOptions = true)
final class PodsCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Override
  public Integer call() {
    try (CriConnection cri = main.connect()) {
      var table = new Table("POD", "NAME", "NAMESPACE", "STATE", "IP", "CREATED");
      cri
          .runtime()
          .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
          .getItemsList()
          .stream()
          .sorted(Comparator.comparingLong(PodSandbox::getCreatedAt).reversed())
          .forEach(each -> add(table, cri, each));
      table.print();
      return 0;
    }
  }

  private static void add(Table table, CriConnection cri, PodSandbox pod) {
    String ip =
        cri.runtime()
            .podSandboxStatus(
                PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod.getId()).build())
            .getStatus()
            .getNetwork()
            .getIp();
    table.row(
        Shown.id(pod.getId()),
        pod.getMetadata().getName(),
        pod.getMetadata().getNamespace(),
        pod.getState() == PodSandboxState.SANDBOX_READY ? "ready" : "not ready",
        ip.isEmpty() ? "-" : ip,
        Shown.since(pod.getCreatedAt()));
  }
}

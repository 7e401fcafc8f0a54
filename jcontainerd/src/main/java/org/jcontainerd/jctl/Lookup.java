package org.jcontainerd.jctl;

import java.util.List;
import org.jcontainerd.api.cri.v1.Container;
import org.jcontainerd.api.cri.v1.ListContainersRequest;
import org.jcontainerd.api.cri.v1.ListPodSandboxRequest;
import org.jcontainerd.api.cri.v1.PodSandbox;

/** Finds containers and pods by what a person types: an id, its beginning, or a name. */
final class Lookup {
  private final CriConnection cri;

  Lookup(CriConnection cri) {
    this.cri = cri;
  }

  /**
   * @throws Main.Refusal if none or several match
   */
  Container container(String typed) {
    List<Container> all =
        cri.runtime()
            .listContainers(ListContainersRequest.getDefaultInstance())
            .getContainersList();
    return only(
        "container",
        typed,
        all.stream()
            .filter(each ->
                each.getId().startsWith(typed) || each.getMetadata().getName().equals(typed))
            .toList());
  }

  /**
   * @throws Main.Refusal if none or several match
   */
  PodSandbox pod(String typed) {
    return only("pod", typed, pods(typed));
  }

  /** Every pod whose id begins with {@code typed} or whose name it is. */
  List<PodSandbox> pods(String typed) {
    return cri
        .runtime()
        .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
        .getItemsList()
        .stream()
        .filter(
            each -> each.getId().startsWith(typed) || each.getMetadata().getName().equals(typed))
        .toList();
  }

  private static <T> T only(String kind, String typed, List<T> matches) {
    if (matches.size() != 1) {
      throw new Main.Refusal(
          matches.isEmpty()
              ? "no " + kind + " has the id or name '" + typed + "'"
              : matches.size() + " " + kind + "s match '" + typed + "'; give more of the id");
    }
    return matches.getFirst();
  }
}

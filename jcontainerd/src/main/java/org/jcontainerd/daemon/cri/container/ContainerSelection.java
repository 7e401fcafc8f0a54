package org.jcontainerd.daemon.cri.container;

import java.util.Map;
import java.util.stream.Stream;
import org.jcontainerd.api.cri.v1.ContainerFilter;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.cri.Labels;
import org.jcontainerd.daemon.record.Registry;

/** The containers that a filter selects: all conditions must hold; ids may be prefixes. */
public final class ContainerSelection {
  private ContainerSelection() {}

  public static Stream<Container> select(Registry<Container> containers, ContainerFilter filter) {
    return select(
            containers, filter.getId(), filter.getPodSandboxId(), filter.getLabelSelectorMap())
        .filter(c -> !filter.hasState() || ContainerView.state(c) == filter.getState().getState());
  }

  public static Stream<Container> select(
      Registry<Container> containers, String id, String sandboxId, Map<String, String> labels) {
    Stream<Container> candidates =
        id.isEmpty() ? containers.all().stream() : containers.findByPrefix(id).stream();
    return candidates
        .filter(c -> c.sandboxId().startsWith(sandboxId))
        .filter(c -> Labels.match(labels, c.config().getLabelsMap()));
  }
}

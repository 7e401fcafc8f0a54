package org.jcontainerd.daemon.cri.sandbox;

import java.util.Map;
import java.util.stream.Stream;
import org.jcontainerd.api.cri.v1.PodSandboxFilter;
import org.jcontainerd.daemon.cri.Labels;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;

/** The pods that a filter selects: all conditions must hold; an id may be a prefix. */
public final class SandboxSelection {
  private SandboxSelection() {}

  public static Stream<Sandbox> select(Registry<Sandbox> sandboxes, PodSandboxFilter filter) {
    return select(sandboxes, filter.getId(), filter.getLabelSelectorMap())
        .filter(s -> !filter.hasState() || SandboxView.state(s) == filter.getState().getState());
  }

  public static Stream<Sandbox> select(
      Registry<Sandbox> sandboxes, String id, Map<String, String> labels) {
    Stream<Sandbox> candidates =
        id.isEmpty() ? sandboxes.all().stream() : sandboxes.findByPrefix(id).stream();
    return candidates.filter(s -> Labels.match(labels, s.config().getLabelsMap()));
  }
}

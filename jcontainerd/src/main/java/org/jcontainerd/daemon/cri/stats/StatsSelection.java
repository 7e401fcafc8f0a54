package org.jcontainerd.daemon.cri.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jcontainerd.api.cri.v1.ContainerStats;
import org.jcontainerd.api.cri.v1.ContainerStatsFilter;
import org.jcontainerd.api.cri.v1.PodSandboxStats;
import org.jcontainerd.api.cri.v1.PodSandboxStatsFilter;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.cri.container.ContainerSelection;
import org.jcontainerd.daemon.cri.sandbox.SandboxSelection;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.stats.StatsReader;

/** Statistics of what a filter selects; only what runs has any. */
final class StatsSelection {
  private StatsSelection() {}

  static List<ContainerStats> containers(
      Registry<Container> containers, StatsReader stats, ContainerStatsFilter filter)
      throws IOException {
    var found = new ArrayList<ContainerStats>();
    var selected =
        ContainerSelection.select(
                containers, filter.getId(), filter.getPodSandboxId(), filter.getLabelSelectorMap())
            .filter(c -> c.running().isPresent())
            .toList();
    for (Container each : selected) {
      found.add(stats.of(each));
    }
    return found;
  }

  static List<PodSandboxStats> sandboxes(
      Registry<Sandbox> sandboxes, StatsReader stats, PodSandboxStatsFilter filter)
      throws IOException {
    var found = new ArrayList<PodSandboxStats>();
    var selected =
        SandboxSelection.select(sandboxes, filter.getId(), filter.getLabelSelectorMap())
            .filter(Sandbox::ready)
            .toList();
    for (Sandbox each : selected) {
      found.add(stats.of(each));
    }
    return found;
  }
}

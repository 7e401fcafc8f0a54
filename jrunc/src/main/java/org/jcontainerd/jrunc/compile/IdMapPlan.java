package org.jcontainerd.jrunc.compile;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.plan.KeeperStep;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.Plan;
import org.jcontainerd.jrunc.plan.PlanBuilder;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.oci.runtime.IdMapping;

/** The plan of a process that only holds a user namespace with given mappings, and id map lines. */
public final class IdMapPlan {
  private IdMapPlan() {}

  public static Plan of(List<IdMapping> uids, List<IdMapping> gids) {
    return new PlanBuilder()
        .add(new ParentStep.Clone(Set.of(Namespace.USER), Optional.empty()))
        .add(new KeeperStep.IdMaps(lines(uids), lines(gids), false))
        .add(new ProcessStep.Await())
        .add(new ProcessStep.Ready())
        .add(new ProcessStep.Exec("/", List.of("/"), List.of())) // never reached: nobody starts it
        .build();
  }

  /** The text of uid_map or gid_map. */
  static String lines(List<IdMapping> mappings) {
    var lines = new StringBuilder();
    mappings.stream()
        .sorted(Comparator.comparingLong(IdMapping::containerId))
        .forEach(m ->
            lines
                .append(m.containerId())
                .append(' ')
                .append(m.hostId())
                .append(' ')
                .append(m.size())
                .append('\n'));
    return lines.toString();
  }
}

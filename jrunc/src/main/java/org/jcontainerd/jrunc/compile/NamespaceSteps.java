package org.jcontainerd.jrunc.compile;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.oci.runtime.TimeOffset;

/** How a container's process gets into its namespaces, those that are made and those that exist. */
final class NamespaceSteps {
  /** Those that are joined in any order, after the user namespace. */
  private static final List<Namespace> SHARED =
      List.of(Namespace.IPC, Namespace.UTS, Namespace.NETWORK, Namespace.TIME, Namespace.CGROUP);

  private final StepList steps;
  private final Namespaces namespaces;
  private final Map<String, TimeOffset> timeOffsets;

  NamespaceSteps(StepList steps, Namespaces namespaces, Map<String, TimeOffset> timeOffsets) {
    this.steps = steps;
    this.namespaces = namespaces;
    this.timeOffsets = timeOffsets;
  }

  /**
   * Helper: a pid namespace applies to children alone. In a joined user namespace it comes later.
   */
  void joinPid() {
    if (namespaces.path(Namespace.USER).isEmpty()) {
      join(Namespace.PID);
    }
  }

  /** Helper: so does a time namespace, unless a user namespace of the container is to own it. */
  void makeTime() throws RuncFailure.InvalidArgument {
    if (namespaces.creates(Namespace.TIME) && !namespaces.has(Namespace.USER)) {
      steps.add(new EitherStep.Unshare(Set.of(Namespace.TIME)));
      offsetClocks();
    }
  }

  /**
   * Whether the process itself makes the others in its user namespace, and goes on in a child: that
   * is so if the user namespace is joined, and if there is a time namespace, which clone3(2) does
   * not make.
   */
  private boolean makesInside() {
    return namespaces.path(Namespace.USER).isPresent()
        || namespaces.creates(Namespace.USER) && namespaces.creates(Namespace.TIME);
  }

  /** What clone3(2) makes. */
  Set<Namespace> cloned() {
    var cloned = EnumSet.noneOf(Namespace.class);
    if (makesInside()) {
      if (namespaces.creates(Namespace.USER)) {
        cloned.add(Namespace.USER);
      }
    } else {
      cloned.addAll(namespaces.created());
      cloned.remove(Namespace.CGROUP);
      cloned.remove(Namespace.TIME);
    }
    return cloned;
  }

  /** Joins before it makes; the mount namespace last, because paths change with it. */
  void enter() throws RuncFailure.InvalidArgument {
    join(Namespace.USER);
    if (namespaces.has(Namespace.USER)) {
      // Root of the user namespace: the owner of what is made in the root from here on.
      steps.add(new ProcessStep.Identity(0, 0, false, List.of()));
    }
    SHARED.forEach(this::join);
    if (namespaces.path(Namespace.USER).isPresent()) {
      join(Namespace.PID);
    }
    join(Namespace.MOUNT);
    var late = EnumSet.noneOf(Namespace.class);
    if (makesInside()) {
      late.addAll(namespaces.created());
      late.remove(Namespace.USER);
    } else if (namespaces.creates(Namespace.CGROUP)) {
      late.add(Namespace.CGROUP);
    }
    if (!late.isEmpty()) {
      steps.add(new EitherStep.Unshare(late));
    }
    if (late.contains(Namespace.TIME)) {
      insideTime();
    }
    if (makesInside() && (namespaces.has(Namespace.PID) || late.contains(Namespace.TIME))) {
      steps.add(new ProcessStep.Fork());
    }
    steps.add(new EitherStep.Session());
  }

  /** The file is root's of the host as long as the process is not dumpable. */
  private void insideTime() throws RuncFailure.InvalidArgument {
    if (!timeOffsets.isEmpty()) {
      steps.add(new EitherStep.Dumpable(true));
      offsetClocks();
      steps.add(new EitherStep.Dumpable(false));
    }
  }

  private void join(Namespace type) {
    Optional<String> path = namespaces.path(type);
    if (path.isPresent()) {
      String name = type.name().toLowerCase(Locale.ROOT) + " namespace";
      Slot slot = steps.needs(name, new DescriptorSource.NamespaceFile(path.get()));
      steps.add(new EitherStep.Join(slot, Set.of(type)));
    }
  }

  private void offsetClocks() throws RuncFailure.InvalidArgument {
    if (!timeOffsets.isEmpty()) {
      steps.add(new EitherStep.WriteProc("self/timens_offsets", lines()));
    }
  }

  private String lines() throws RuncFailure.InvalidArgument {
    var lines = new ArrayList<String>();
    for (var offset : timeOffsets.entrySet()) {
      if (!offset.getKey().equals("monotonic") && !offset.getKey().equals("boottime")) {
        throw new RuncFailure.InvalidArgument(
            "linux.timeOffsets", "unknown clock '" + offset.getKey() + "'");
      }
      lines.add(
          "%s %d %d\n"
              .formatted(offset.getKey(), offset.getValue().secs(), offset.getValue().nanosecs()));
    }
    return String.join("", lines);
  }
}

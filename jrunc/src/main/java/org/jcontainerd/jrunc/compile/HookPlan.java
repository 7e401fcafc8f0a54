package org.jcontainerd.jrunc.compile;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.oci.runtime.Hook;

/**
 * Plans of hooks: a program with given streams, in the runtime's or in the container's namespaces.
 */
public final class HookPlan {
  private HookPlan() {}

  public static CompiledPlan onHost(Hook hook) {
    return of(hook, Set.of());
  }

  /** In the namespaces of a container's process; the path is as that process sees it. */
  public static CompiledPlan inContainer(Hook hook, Namespaces namespaces) {
    return of(hook, namespaces.all());
  }

  private static CompiledPlan of(Hook hook, Set<Namespace> namespaces) {
    var steps = new StepList();
    Slot input = steps.needs("state", new DescriptorSource.StandardStream(0));
    Slot output = steps.needs("output", new DescriptorSource.StandardStream(1));
    var late = EnumSet.noneOf(Namespace.class);
    late.addAll(namespaces);
    Optional<Slot> container =
        late.isEmpty()
            ? Optional.empty()
            : Optional.of(steps.needs("container", new DescriptorSource.ContainerProcess()));
    steps.add(new ParentStep.Clone(Set.of(), Optional.empty()));
    steps.add(new ProcessStep.Await());
    if (!late.isEmpty()) {
      steps.add(new EitherStep.Join(container.orElseThrow(), late));
    }
    if (late.contains(Namespace.PID)) {
      steps.add(new ProcessStep.LetGo(List.of(input, output), ProcessStep.LetGo.Procfs.CLOSED));
      steps.add(new ProcessStep.Fork());
    }
    if (late.contains(Namespace.USER)) {
      steps.add(new ProcessStep.Identity(0, 0, false, List.of()));
    }
    steps.add(new ProcessStep.Descriptors(Map.of(0, input, 1, output, 2, output)));
    List<String> arguments = hook.args().isEmpty() ? List.of(hook.path()) : hook.args();
    steps.add(new ProcessStep.Exec(hook.path(), arguments, hook.env()));
    return steps.build();
  }

  /** Fills the slots of such a plan. */
  public static Map<Slot, Fd> slots(
      CompiledPlan plan, Fd input, Fd output, Optional<Fd> container) {
    var slots = new HashMap<Slot, Fd>();
    for (int i = 0; i < plan.sources().size(); i++) {
      Slot slot = plan.plan().passed().get(i);
      switch (plan.sources().get(i)) {
        case DescriptorSource.StandardStream(int number) ->
            slots.put(slot, number == 0 ? input : output);
        case DescriptorSource.ContainerProcess _ -> slots.put(slot, container.orElseThrow());
        default -> throw new IllegalStateException("hook plan needs " + plan.sources().get(i));
      }
    }
    return slots;
  }
}

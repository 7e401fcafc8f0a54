package org.jcontainerd.jrunc.command;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jcontainerd.jrunc.plan.Bits;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.KeeperStep;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.jrunc.plan.Step;

/** Steps as an operator reads them: what it does, without a subject. */
final class PlanWords {
  private PlanWords() {}

  static String of(Step step) {
    return switch (step) {
      case ParentStep parent -> parent(parent);
      case KeeperStep keeper -> keeper(keeper);
      case EitherStep either -> either(either);
      case RootStep root -> RootWords.of(root);
      case ProcessStep process -> ProcessWords.of(process);
      case Step.Lenient(Step inner) -> "if it can, " + of(inner);
    };
  }

  private static String parent(ParentStep step) {
    return switch (step) {
      case ParentStep.Subreaper _ -> "takes over orphans of the container";
      case ParentStep.Pipes pipes ->
          "makes pipes of " + pipes.capacityBytes() + " bytes for the standard streams";
      case ParentStep.Spools spools -> "makes " + spools.count() + " spools for the output";
      case ParentStep.OpenTree tree ->
          "opens "
              + tree.path()
              + (tree.recursive() ? " with all mounts below it" : "")
              + (tree.userNamespace().isPresent() ? ", with its owners mapped" : "")
              + " for a bind mount";
      case ParentStep.BeginIn begin -> "begins in " + begin.path();
      case ParentStep.Clone clone ->
          "starts the container's process"
              + (clone.namespaces().isEmpty()
                  ? ""
                  : " in new namespaces: " + namespaces(clone.namespaces()))
              + (clone.cgroup().isPresent() ? ", in its cgroup" : "");
    };
  }

  private static String keeper(KeeperStep step) {
    return switch (step) {
      case KeeperStep.IdMaps maps ->
          "maps user ids ["
              + lines(maps.uidMap())
              + "] and group ids ["
              + lines(maps.gidMap())
              + "] (inside, outside, how many)"
              + (maps.denySetgroups() ? ", and denies setgroups" : "");
      case KeeperStep.Keep _ -> "stays as keeper of the process";
      case KeeperStep.Detach _ -> "leaves the process to the caller and ends";
    };
  }

  private static String lines(String map) {
    return map.lines().map(String::strip).collect(Collectors.joining(", "));
  }

  private static String either(EitherStep step) {
    return switch (step) {
      case EitherStep.Session _ -> "begins a session of its own";
      case EitherStep.Join join ->
          "joins an existing namespace: "
              + namespaces(join.types())
              + " (descriptor '"
              + join.descriptor().name()
              + "')";
      case EitherStep.Unshare unshare -> "enters new namespaces: " + namespaces(unshare.types());
      case EitherStep.WriteProc write ->
          write.path().startsWith("sys/")
              ? "sets the sysctl " + write.path().substring(4) + " to " + write.value()
              : "writes " + write.value().strip().replace("\n", ", ") + " to /proc/" + write.path();
      case EitherStep.Dumpable dumpable ->
          dumpable.on() ? "lets its owner write its id maps" : "keeps others out of its memory";
      case EitherStep.Affinity affinity -> "runs on processors " + numbers(affinity.mask());
    };
  }

  static String namespaces(Set<Namespace> types) {
    return types.stream()
        .map(type -> type.name().toLowerCase(Locale.ROOT))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** The set bits, as a list of numbers. */
  static String numbers(Bits mask) {
    var numbers = new TreeSet<Integer>();
    BitSet.valueOf(mask.toByteArray()).stream().forEach(numbers::add);
    return numbers.isEmpty()
        ? "none"
        : numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** The words in brackets, or nothing. */
  static String bracketed(List<String> words) {
    return words.isEmpty() ? "" : " (" + String.join(", ", words) + ")";
  }
}

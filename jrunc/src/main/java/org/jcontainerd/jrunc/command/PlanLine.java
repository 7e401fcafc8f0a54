package org.jcontainerd.jrunc.command;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.KeeperStep;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.Plan;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.jrunc.plan.Step;

/**
 * One step for people and for programs.
 *
 * @param place where it runs: helper, keeper or process
 */
public record PlanLine(int index, String place, boolean lenient, Step step) {

  /** The lines of a plan, in order. */
  public static List<PlanLine> of(Plan plan) {
    var lines = new ArrayList<PlanLine>();
    boolean cloned = false;
    for (Step step : plan.steps()) {
      Step bare = step instanceof Step.Lenient(Step inner) ? inner : step;
      String place =
          switch (bare) {
            case ParentStep _ -> "helper";
            case KeeperStep _ -> "keeper";
            case RootStep _, ProcessStep _ -> "process";
            case EitherStep _ -> cloned ? "process" : "helper";
            case Step.Lenient _ -> throw new IllegalStateException("lenient in lenient");
          };
      lines.add(new PlanLine(lines.size(), place, step instanceof Step.Lenient, bare));
      cloned |= bare instanceof ParentStep.Clone;
    }
    return lines;
  }

  /** The step in words. */
  String words() {
    return (lenient ? "if it can, " : "") + PlanWords.of(step);
  }

  /** The step and its values; sets and maps in a fixed order. */
  public String text() {
    var text = new StringBuilder(lenient ? "try " : "").append(step.getClass().getSimpleName());
    json()
        .forEach((name, value) -> {
          if (!name.equals("step") && !name.equals("place") && !name.equals("lenient")) {
            text.append(' ').append(name).append('=').append(value);
          }
        });
    return text.toString();
  }

  Map<String, Object> json() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("step", step.getClass().getSimpleName());
    fields.put("place", place);
    if (lenient) {
      fields.put("lenient", true);
    }
    for (RecordComponent component : step.getClass().getRecordComponents()) {
      try {
        fields.put(component.getName(), plain(component.getAccessor().invoke(step)));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("print step " + step, e);
      }
    }
    return fields;
  }

  private static Object plain(Object value) {
    return switch (value) {
      case String text -> text;
      case Number number -> number;
      case Boolean truth -> truth;
      case List<?> list -> list.stream().map(PlanLine::plain).toList();
      case Set<?> set -> set.stream().map(String::valueOf).sorted().toList();
      case Map<?, ?> map -> {
        var sorted = new TreeMap<String, Object>();
        map.forEach((key, one) -> sorted.put(key.toString(), plain(one)));
        yield sorted;
      }
      case Optional<?> optional -> optional.map(PlanLine::plain).orElse("");
      default -> value.toString();
    };
  }
}

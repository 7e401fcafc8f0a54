package org.jcontainerd.bench;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The OCI bench as Markdown.
 *
 * @param samples of every figure and runtime
 * @param helperKilobytes the most memory that a helper of the library had
 */
record OciTable(List<Samples> samples, long helperKilobytes) {
  private static final List<String> COLUMNS =
      List.of(OciBench.KERNEL, OciBench.LIBRARY, "jrunc", "runc", "crun");

  String markdown() {
    var text = new StringBuilder("| figure, p50 / p95 in ms | n |");
    COLUMNS.forEach(each -> text.append(' ').append(each).append(" |"));
    text.append(" jrunc / runc |\n|---|---|")
        .append("---|".repeat(COLUMNS.size() + 1))
        .append('\n');
    var figures = new LinkedHashSet<String>();
    samples.forEach(each -> figures.add(each.figure()));
    for (String figure : figures) {
      text.append("| ").append(figure).append(" | ").append(count(figure)).append(" |");
      for (String column : COLUMNS) {
        text.append(' ').append(find(figure, column).map(OciTable::shown).orElse("")).append(" |");
      }
      text.append(' ').append(ratio(figure, "jrunc", "runc")).append(" |\n");
    }
    text.append("\n- library / crun, run: ").append(ratio(OciBench.RUN, OciBench.LIBRARY, "crun"));
    text.append("\n- library / runc, run: ").append(ratio(OciBench.RUN, OciBench.LIBRARY, "runc"));
    text.append("\n- most memory of a helper (VmHWM): ").append(helperKilobytes).append(" kB\n");
    return text.toString();
  }

  private int count(String figure) {
    return samples.stream()
        .filter(each -> each.figure().equals(figure))
        .mapToInt(each -> each.values().size())
        .min()
        .orElse(0);
  }

  private Optional<Samples> find(String figure, String runtime) {
    return samples.stream()
        .filter(each -> each.figure().equals(figure) && each.runtime().equals(runtime))
        .findFirst();
  }

  private static String shown(Samples samples) {
    return String.format(Locale.ROOT, "%.1f / %.1f", samples.p50(), samples.p95());
  }

  private String ratio(String figure, String runtime, String other) {
    return find(figure, runtime)
        .flatMap(a -> find(figure, other).map(b -> a.p50() / b.p50()))
        .map(ratio -> String.format(Locale.ROOT, "%.2f", ratio))
        .orElse("");
  }
}

package org.jcontainerd.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The measurements as JSON lines and as a Markdown table with ratios. */
final class Report {
  private final List<String> circumstances;
  private final Map<String, Map<String, Samples>> figures = new LinkedHashMap<>();

  Report(List<String> circumstances) {
    this.circumstances = List.copyOf(circumstances);
  }

  void add(List<Samples> samples) {
    for (Samples each : samples) {
      figures.computeIfAbsent(each.figure(), _ -> new LinkedHashMap<>()).put(each.runtime(), each);
    }
  }

  /** Leaves {@code results.md} and {@code results.jsonl} in {@code directory}. */
  void write(Path directory, String ours, String peer) throws IOException {
    Files.writeString(directory.resolve("results.md"), markdown(ours, peer));
    var all = figures.values().stream().flatMap(each -> each.values().stream()).toList();
    Files.writeString(directory.resolve("results.jsonl"), lines(all));
  }

  /** A JSON object a line. */
  static String lines(List<Samples> all) throws IOException {
    var lines = new StringBuilder();
    for (Samples samples : all) {
      lines.append(json(samples)).append('\n');
    }
    return lines.toString();
  }

  /** One object: figure, runtime, unit, p50, p95, and every value in the order taken. */
  private static String json(Samples samples) throws IOException {
    var text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("figure", samples.figure());
      json.writeStringField("runtime", samples.runtime());
      json.writeStringField("unit", samples.unit().symbol());
      json.writeNumberField("p50", samples.p50());
      json.writeNumberField("p95", samples.p95());
      json.writeArrayFieldStart("values");
      for (double value : samples.values()) {
        json.writeNumber(value);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return text.toString();
  }

  /**
   * The circumstances and the table. A ratio above 1 says how many times better {@code ours} is,
   * below 1 that it loses.
   */
  String markdown(String ours, String peer) {
    var lines = new StringBuilder();
    circumstances.forEach(each -> lines.append("- ").append(each).append('\n'));
    lines.append("\n| figure | n | ").append(ours).append(" p50 / p95 | ");
    lines.append(peer).append(" p50 / p95 | times better |\n|---|---|---|---|---|\n");
    figures.forEach((figure, byRuntime) -> {
      var a = Optional.ofNullable(byRuntime.get(ours));
      var b = Optional.ofNullable(byRuntime.get(peer));
      lines.append("| ").append(figure).append(" | ").append(count(byRuntime));
      lines.append(" | ").append(shown(a)).append(" | ").append(shown(b));
      lines.append(" | ").append(ratio(a, b)).append(" |\n");
    });
    return lines.toString();
  }

  private static int count(Map<String, Samples> byRuntime) {
    return byRuntime.values().stream().mapToInt(each -> each.values().size()).min().orElse(0);
  }

  private static String shown(Optional<Samples> samples) {
    return samples
        .map(each ->
            String.format(
                Locale.ROOT, "%.2f / %.2f %s", each.p50(), each.p95(), each.unit().symbol()))
        .orElse("-");
  }

  private static String ratio(Optional<Samples> ours, Optional<Samples> peer) {
    if (ours.isEmpty() || peer.isEmpty()) {
      return "-";
    }
    double a = ours.get().p50();
    double b = peer.get().p50();
    if (a <= 0 || b <= 0) {
      return "not measurable"; // a difference smaller than what else happens on the machine
    }
    double ratio = ours.get().unit().lessIsBetter() ? b / a : a / b;
    return String.format(Locale.ROOT, "%.2f%s", ratio, ratio < 1 ? " (we lose)" : "");
  }
}

package org.jcontainerd.jrunc.resctrl;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of a {@code schemata} file: for each resource ({@code L3}, {@code MB}) a value for
 * each cache id. Immutable. The kernel prints other zeros and spaces than it was given, so values
 * are compared, not text.
 *
 * @param values by resource, then by cache id
 */
record Schemata(Map<String, Map<String, String>> values) {

  /** Reads lines such as {@code L3:0=7f0;1=1f}; lines that are no such are left out. */
  static Schemata parse(List<String> lines) {
    var values = new HashMap<String, Map<String, String>>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        values
            .computeIfAbsent(line.substring(0, colon).strip(), _ -> new HashMap<>())
            .putAll(domains(line.substring(colon + 1)));
      }
    }
    return new Schemata(values);
  }

  private static Map<String, String> domains(String text) {
    var domains = new HashMap<String, String>();
    for (String domain : text.split(";")) {
      int equals = domain.indexOf('=');
      if (equals > 0) {
        domains.put(bare(domain.substring(0, equals)), bare(domain.substring(equals + 1)));
      }
    }
    return domains;
  }

  private static String bare(String number) {
    return number.strip().replaceFirst("^0+(?=.)", "").toLowerCase(java.util.Locale.ROOT);
  }

  /** Whether everything that {@code other} says is so here. */
  boolean contains(Schemata other) {
    return other.values.entrySet().stream()
        .allMatch(resource ->
            values
                .getOrDefault(resource.getKey(), Map.of())
                .entrySet()
                .containsAll(resource.getValue().entrySet()));
  }
}

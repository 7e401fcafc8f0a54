package org.jcontainerd.daemon.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One challenge of a WWW-Authenticate header (RFC 9110, 11.6.1). Immutable.
 *
 * @param scheme in lower case: "basic", "bearer"
 * @param parameters names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern PARAMETER =
      Pattern.compile(
          "\\G\\s*,?\\s*(" + TOKEN + ")\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,]+))");
  private static final Pattern SCHEME = Pattern.compile("\\G\\s*,?\\s*(" + TOKEN + ")(?=\\s|$)");

  Challenge {
    parameters = Map.copyOf(parameters);
  }

  /** Every challenge of these header lines; what cannot be read ends its line. */
  static List<Challenge> parse(List<String> lines) {
    var all = new ArrayList<Challenge>();
    for (var line : lines) {
      int at = 0;
      while (at < line.length()) {
        var scheme = SCHEME.matcher(line);
        if (!scheme.find(at) || scheme.start() != at) {
          break;
        }
        at = scheme.end();
        var parameters = new LinkedHashMap<String, String>();
        var parameter = PARAMETER.matcher(line);
        while (parameter.find(at) && parameter.start() == at) {
          var quoted = parameter.group(2);
          parameters.putIfAbsent(
              parameter.group(1).toLowerCase(Locale.ROOT),
              quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
          at = parameter.end();
        }
        all.add(new Challenge(scheme.group(1).toLowerCase(Locale.ROOT), parameters));
      }
    }
    return all;
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }
}

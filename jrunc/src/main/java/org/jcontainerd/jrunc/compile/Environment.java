package org.jcontainerd.jrunc.compile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;

/** The environment of a process: the last of equal names counts, HOME is added if it is missing. */
final class Environment {
  private Environment() {}

  static List<String> of(List<String> given, Optional<String> home, int preserved)
      throws RuncFailure.InvalidArgument {
    var byName = new LinkedHashMap<String, String>();
    for (int i = 0; i < given.size(); i++) {
      String entry = given.get(i);
      int equals = entry.indexOf('=');
      if (equals <= 0 || entry.indexOf('\0') >= 0) {
        throw new RuncFailure.InvalidArgument(
            "process.env[" + i + "]", "invalid environment variable '" + entry + "'");
      }
      byName.remove(entry.substring(0, equals));
      byName.put(entry.substring(0, equals), entry);
    }
    if (byName.getOrDefault("HOME", "HOME=").equals("HOME=")) {
      home.ifPresent(directory -> byName.put("HOME", "HOME=" + directory));
    }
    if (preserved > 0 && byName.containsKey("LISTEN_FDS")) {
      byName.put("LISTEN_PID", "LISTEN_PID=1");
    }
    return new ArrayList<>(byName.values());
  }

  /** The value of PATH, "" if there is none. */
  static String path(List<String> environment) {
    return environment.stream()
        .filter(entry -> entry.startsWith("PATH="))
        .map(entry -> entry.substring("PATH=".length()))
        .findFirst()
        .orElse("");
  }
}

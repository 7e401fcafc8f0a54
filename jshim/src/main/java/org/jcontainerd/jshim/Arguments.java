package org.jcontainerd.jshim;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jshim.server.ShimPaths;

/**
 * The command line of a shim, as containerd writes it: flags with one dash, the verb last.
 * Immutable.
 *
 * @param bundle of {@code -bundle}, or the working directory, which containerd sets to the bundle
 */
record Arguments(Verb verb, ShimPaths paths, String id, Optional<Path> bundle) {
  private static final Set<String> SWITCHES = Set.of("debug", "v", "version", "info");
  private static final Set<String> VALUES =
      Set.of("namespace", "address", "publish-binary", "id", "bundle", "state", "socket");

  /** What is to be done. */
  enum Verb {
    START,
    SERVE,
    DELETE,
    VERSION,
    INFO
  }

  /**
   * @throws IllegalArgumentException with a sentence for the user
   */
  static Arguments parse(String[] words, Map<String, String> environment, Path workingDirectory) {
    var values = new HashMap<String, String>();
    String verb = "";
    for (int i = 0; i < words.length; i++) {
      var word = words[i];
      if (!word.startsWith("-")) {
        verb = word;
        continue;
      }
      var name = word.substring(word.startsWith("--") ? 2 : 1);
      int equals = name.indexOf('=');
      if (equals >= 0) {
        put(values, name.substring(0, equals), name.substring(equals + 1));
      } else if (SWITCHES.contains(name)) {
        values.put(name, "true");
      } else if (i + 1 < words.length) {
        put(values, name, words[++i]);
      } else {
        throw new IllegalArgumentException("flag '-" + name + "' needs a value");
      }
    }
    return of(values, verb, environment, workingDirectory);
  }

  private static void put(Map<String, String> values, String name, String value) {
    if (!VALUES.contains(name) && !SWITCHES.contains(name)) {
      throw new IllegalArgumentException("flag '-" + name + "' is not known");
    }
    values.put(name, value);
  }

  private static Arguments of(
      Map<String, String> values, String verb, Map<String, String> environment, Path directory) {
    var bundle = Optional.ofNullable(values.get("bundle")).map(Path::of);
    var namespace = values.getOrDefault("namespace", "");
    var state =
        Optional.ofNullable(values.get("state"))
            .or(() -> Optional.ofNullable(environment.get("JSHIM_STATE")))
            .map(Path::of)
            .orElseGet(() -> stateOf(bundle.orElse(directory)));
    return new Arguments(
        verb(values, verb),
        new ShimPaths(state.toAbsolutePath(), namespace, values.getOrDefault("address", "")),
        values.getOrDefault("id", ""),
        bundle.or(() -> isBundle(directory) ? Optional.of(directory) : Optional.empty()));
  }

  private static boolean isBundle(Path directory) {
    return Files.exists(directory.resolve("config.json"));
  }

  /** containerd's own state directory, found from the bundle it gives us, else our default. */
  private static Path stateOf(Path bundle) {
    var namespace = bundle.toAbsolutePath().getParent();
    var tasks = namespace == null ? null : namespace.getParent();
    return tasks != null
            && tasks.getParent() != null
            && tasks.endsWith("io.containerd.runtime.v2.task")
        ? tasks.getParent()
        : ShimPaths.DEFAULT_STATE;
  }

  private static Verb verb(Map<String, String> values, String word) {
    if (values.containsKey("v") || values.containsKey("version")) {
      return Verb.VERSION;
    }
    if (values.containsKey("info")) {
      return Verb.INFO;
    }
    var verb =
        switch (word) {
          case "start" -> Verb.START;
          case "delete" -> Verb.DELETE;
          case "serve" -> Verb.SERVE;
          default ->
              throw new IllegalArgumentException(
                  "verb '" + word + "' is not start, delete or serve");
        };
    if (values.getOrDefault("namespace", "").isEmpty()) {
      throw new IllegalArgumentException("flag '-namespace' is required");
    }
    return verb;
  }
}

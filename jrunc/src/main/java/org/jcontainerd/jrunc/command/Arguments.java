package org.jcontainerd.jrunc.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A parsed command line. Options come first, as {@code --name value}, {@code --name=value} or
 * {@code -n value}; the first word that is none, or {@code --}, ends them. Immutable.
 *
 * @param options values by name; of those given twice, both
 * @param words what follows the options
 */
record Arguments(Map<String, List<String>> options, List<String> words) {

  static Arguments parse(Flags flags, List<String> line) throws UsageException {
    var options = new HashMap<String, List<String>>();
    int at = 0;
    while (at < line.size() && line.get(at).startsWith("-") && line.get(at).length() > 1) {
      String word = line.get(at++);
      if (word.equals("--")) {
        break;
      }
      String bare = word.startsWith("--") ? word.substring(2) : word.substring(1);
      int equals = bare.indexOf('=');
      String name = equals < 0 ? bare : bare.substring(0, equals);
      Flags.Flag flag =
          flags
              .find(name)
              .orElseThrow(() -> new UsageException("flag provided but not defined: -" + name));
      String value = equals < 0 ? "" : bare.substring(equals + 1);
      if (equals < 0 && flag.takesValue()) {
        if (at == line.size()) {
          throw new UsageException("flag needs an argument: -" + name);
        }
        value = line.get(at++);
      } else if (equals < 0) {
        value = "true";
      }
      options.computeIfAbsent(flag.name(), _ -> new ArrayList<>()).add(value);
    }
    return new Arguments(options, List.copyOf(line.subList(at, line.size())));
  }

  boolean has(String name) {
    return value(name).filter(value -> !value.equals("false")).isPresent();
  }

  /** The value that was given last. */
  Optional<String> value(String name) {
    return Optional.ofNullable(options.get(name)).map(List::getLast);
  }

  List<String> values(String name) {
    return options.getOrDefault(name, List.of());
  }

  Optional<Long> number(String name) throws UsageException {
    Optional<String> text = value(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(text.get()));
    } catch (NumberFormatException e) {
      throw new UsageException("invalid value \"" + text.get() + "\" for flag -" + name);
    }
  }

  /** The only word, which is the container's id. */
  String id(String command) throws UsageException {
    if (words.size() != 1) {
      throw new UsageException(
          "jrunc: \"%s\" requires exactly 1 argument(s), the container's id".formatted(command));
    }
    return words.get(0);
  }

  /** The first word, where more may follow. */
  String firstId(String command) throws UsageException {
    if (words.isEmpty() || words.get(0).isEmpty()) {
      throw new UsageException(
          "jrunc: \"%s\" requires a minimum of 1 argument, the container's id".formatted(command));
    }
    return words.get(0);
  }
}

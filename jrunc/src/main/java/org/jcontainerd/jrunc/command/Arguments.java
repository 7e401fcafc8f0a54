package org.jcontainerd.jrunc.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A parsed command line. Options are {@code --name value}, {@code --name=value} or {@code -n
 * value}, before or after the words; {@code --} ends them, and so does the first word if {@link
 * Flags#areLeading}. Immutable.
 *
 * @param options values by name; of those given twice, both
 * @param words what is no option
 */
record Arguments(Map<String, List<String>> options, List<String> words) {

  static Arguments parse(Flags flags, List<String> line) throws UsageException {
    var options = new HashMap<String, List<String>>();
    var words = new ArrayList<String>();
    int at = 0;
    while (at < line.size()) {
      String word = line.get(at++);
      if (word.equals("--")) {
        break;
      }
      if (!word.startsWith("-") || word.length() == 1) {
        words.add(word);
        if (flags.areLeading()) {
          break;
        }
        continue;
      }
      String bare = word.startsWith("--") ? word.substring(2) : word.substring(1);
      int equals = bare.indexOf('=');
      String name = equals < 0 ? bare : bare.substring(0, equals);
      Flags.Flag flag =
          flags
              .find(name)
              .orElseThrow(() -> new UsageException("flag provided but not defined: -" + name));
      String value = equals < 0 ? "true" : bare.substring(equals + 1);
      if (equals < 0 && flag.takesValue()) {
        if (at == line.size()) {
          throw new UsageException("flag needs an argument: -" + name);
        }
        value = line.get(at++);
      }
      options
          .computeIfAbsent(flag.name(), _ -> new ArrayList<>())
          .add(flag.takesValue() ? value : truth(name, value));
    }
    words.addAll(line.subList(at, line.size()));
    return new Arguments(options, List.copyOf(words));
  }

  /** The words that the flag package of Go takes for a truth value. */
  private static String truth(String name, String value) throws UsageException {
    return switch (value) {
      case "true", "1", "t", "T", "TRUE", "True" -> "true";
      case "false", "0", "f", "F", "FALSE", "False" -> "false";
      default -> throw new UsageException("invalid boolean value \"" + value + "\" for -" + name);
    };
  }

  boolean has(String name) {
    return value(name).filter(value -> value.equals("true")).isPresent();
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

  /** Refuses words where a command takes none. */
  void none(String command) throws UsageException {
    if (!words.isEmpty()) {
      throw new UsageException("jrunc: \"%s\" requires exactly 0 argument(s)".formatted(command));
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

package org.jcontainerd.jrunc.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options that a command takes; immutable once built, built by one thread. */
final class Flags {

  /**
   * One option.
   *
   * @param name without dashes
   * @param value what its value is, "" if it takes none
   * @param help one line
   */
  record Flag(String name, String value, String help) {
    boolean takesValue() {
      return !value.isEmpty();
    }
  }

  private final Map<String, Flag> byName = new LinkedHashMap<>();
  private final Map<String, String> letters = new LinkedHashMap<>();
  private boolean leading;

  /** Options end at the first word: what follows it belongs to another program. */
  Flags onlyLeading() {
    leading = true;
    return this;
  }

  boolean areLeading() {
    return leading;
  }

  /** All options, in the order of the help. */
  List<Flag> all() {
    return List.copyOf(byName.values());
  }

  /** The one-letter form of an option, if it has one. */
  Optional<String> letterOf(Flag flag) {
    return letters.entrySet().stream()
        .filter(e -> e.getValue().equals(flag.name()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  Flags option(String name, String value, String help) {
    byName.put(name, new Flag(name, value, help));
    return this;
  }

  Flags option(char letter, String name, String value, String help) {
    letters.put(String.valueOf(letter), name);
    return option(name, value, help);
  }

  Flags toggle(String name, String help) {
    return option(name, "", help);
  }

  Flags toggle(char letter, String name, String help) {
    return option(letter, name, "", help);
  }

  Optional<Flag> find(String name) {
    return Optional.ofNullable(byName.get(letters.getOrDefault(name, name)));
  }

  /** The options, one a line. */
  String help() {
    var text = new StringBuilder();
    for (Flag flag : byName.values()) {
      String letter = letterOf(flag).map(l -> ", -" + l).orElse("");
      String value = flag.takesValue() ? " " + flag.value() : "";
      text.append("   --%-34s %s%n".formatted(flag.name() + letter + value, flag.help()));
    }
    return text.toString();
  }
}

package org.jcontainerd.daemon.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A table of the configuration file that is being read: every key that was asked for is known, any
 * other is an error ({@link #done}). Confined to the reading thread.
 */
final class Section {
  private final String file;
  private final String prefix;
  private final JsonNode table;
  private final Set<String> known = new HashSet<>();

  private Section(String file, String prefix, JsonNode table) {
    this.file = file;
    this.prefix = prefix;
    this.table = table;
  }

  static Section root(String file, JsonNode table) {
    return new Section(file, "", table);
  }

  /** The sub-table {@code key}, empty if missing. */
  Section section(String key) throws ConfigFailure {
    JsonNode node = get(key);
    if (node.isMissingNode()) {
      return new Section(file, prefix + key + ".", JsonNodeFactory.instance.objectNode());
    }
    if (!node.isObject()) {
      throw wrong(key, "a table");
    }
    return new Section(file, prefix + key + ".", node);
  }

  String string(String key, String absent) throws ConfigFailure {
    JsonNode node = get(key);
    if (node.isMissingNode()) {
      return absent;
    }
    if (!node.isTextual()) {
      throw wrong(key, "a string");
    }
    return node.textValue();
  }

  Path path(String key, Path absent) throws ConfigFailure {
    return absolute(key, string(key, absent.toString()));
  }

  List<Path> paths(String key, List<Path> absent) throws ConfigFailure {
    var found = new ArrayList<Path>();
    for (String each : strings(key, absent.stream().map(Path::toString).toList())) {
      found.add(absolute(key, each));
    }
    return found;
  }

  List<String> strings(String key, List<String> absent) throws ConfigFailure {
    JsonNode node = get(key);
    if (node.isMissingNode()) {
      return absent;
    }
    if (!node.isArray()) {
      throw wrong(key, "a list of strings");
    }
    var found = new ArrayList<String>();
    for (JsonNode each : node) {
      if (!each.isTextual()) {
        throw wrong(key, "a list of strings");
      }
      found.add(each.textValue());
    }
    return found;
  }

  int integer(String key, int absent, int least, int most) throws ConfigFailure {
    JsonNode node = get(key);
    if (node.isMissingNode()) {
      return absent;
    }
    if (!node.canConvertToInt()
        || !node.isIntegralNumber()
        || node.intValue() < least
        || node.intValue() > most) {
      throw wrong(key, "a number from " + least + " to " + most);
    }
    return node.intValue();
  }

  boolean bool(String key, boolean absent) throws ConfigFailure {
    JsonNode node = get(key);
    if (node.isMissingNode()) {
      return absent;
    }
    if (!node.isBoolean()) {
      throw wrong(key, "true or false");
    }
    return node.booleanValue();
  }

  /** Fails for the first key that nobody asked for. */
  void done() throws ConfigFailure {
    for (var names = table.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new ConfigFailure(
            "config '"
                + file
                + "': unknown key '"
                + prefix
                + name
                + "'. The known keys here are "
                + String.join(", ", known.stream().sorted().toList()));
      }
    }
  }

  ConfigFailure wrong(String key, String expected) {
    return new ConfigFailure(
        "config '" + file + "': key '" + prefix + key + "' is not " + expected);
  }

  private Path absolute(String key, String value) throws ConfigFailure {
    try {
      Path path = Path.of(value);
      if (!value.isEmpty() && path.isAbsolute()) {
        return path.normalize();
      }
    } catch (InvalidPathException e) {
      throw new ConfigFailure(wrong(key, "a path").getMessage(), e);
    }
    throw wrong(key, "an absolute path");
  }

  private JsonNode get(String key) {
    known.add(key);
    return table.path(key);
  }
}

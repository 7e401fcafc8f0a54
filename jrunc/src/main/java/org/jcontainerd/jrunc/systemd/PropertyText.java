package org.jcontainerd.jrunc.systemd;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jcontainerd.jrunc.RuncFailure;

/**
 * Reads the values of {@code org.systemd.property.*} annotations: GVariant's text format (glib,
 * "GVariant Text Format"), for booleans, numbers, strings, and arrays of these. Confined to one
 * thread.
 */
final class PropertyText {
  private static final String PREFIX = "org.systemd.property.";
  private static final long SECOND_MICROS = 1_000_000;

  private static final Map<String, String> TYPES =
      Map.of(
          "boolean", "b",
          "byte", "y",
          "int16", "n",
          "uint16", "q",
          "int32", "i",
          "uint32", "u",
          "int64", "x",
          "uint64", "t",
          "double", "d",
          "string", "s");

  private final String annotation;
  private final String text;
  private int at;

  private PropertyText(String annotation, String text) {
    this.annotation = annotation;
    this.text = text;
  }

  private record Value(String signature, Object object) {}

  /** The properties that annotations ask for, in the order of their names. */
  static List<Property> of(Map<String, String> annotations) throws RuncFailure.InvalidArgument {
    var properties = new ArrayList<Property>();
    for (Map.Entry<String, String> each : new TreeMap<>(annotations).entrySet()) {
      String annotation = each.getKey();
      if (annotation.startsWith(PREFIX)) {
        var reader = new PropertyText(annotation, each.getValue().strip());
        properties.add(reader.property(annotation.substring(PREFIX.length())));
      }
    }
    return properties;
  }

  private Property property(String name) throws RuncFailure.InvalidArgument {
    if (!name.matches("[A-Za-z]{3,}")) {
      throw failure("the name of a property has letters only, at least three");
    }
    Value value = value("");
    if (at < text.length()) {
      throw failure("'" + text.substring(at) + "' is too much");
    }
    // systemd's own tools take seconds, its D-Bus interface microseconds.
    if (name.matches(".*[a-z]Sec")) {
      String micros = name.substring(0, name.length() - 3) + "USec";
      return Property.of(micros, microseconds(value));
    }
    return new Property(name, value.signature(), value.object());
  }

  private long microseconds(Value value) throws RuncFailure.InvalidArgument {
    return switch (value.object()) {
      case Long seconds when seconds >= 0 && seconds < Long.MAX_VALUE / SECOND_MICROS ->
          seconds * SECOND_MICROS;
      case Double seconds when seconds >= 0 && seconds < 1e12 -> (long) (seconds * SECOND_MICROS);
      default -> throw failure("is not a number of seconds");
    };
  }

  /**
   * @param wanted the signature that a type in front asked for; "" for the value's own
   */
  private Value value(String wanted) throws RuncFailure.InvalidArgument {
    skipSpace();
    if (at == text.length()) {
      throw failure("a value is missing");
    }
    char first = text.charAt(at);
    if (first == '\'' || first == '"') {
      return typed(wanted, "s", quoted(first));
    }
    if (first == '[') {
      return array(wanted);
    }
    if (first == '@') {
      at++;
      return value(word());
    }
    String word = word();
    if (TYPES.containsKey(word)) {
      return value(TYPES.get(word));
    }
    if (word.equals("true") || word.equals("false")) {
      return typed(wanted, "b", word.equals("true"));
    }
    return number(wanted, word);
  }

  private Value typed(String wanted, String own, Object object) throws RuncFailure.InvalidArgument {
    if (!wanted.isEmpty() && !wanted.equals(own)) {
      throw failure("'" + object + "' is not of type '" + wanted + "'");
    }
    return new Value(own, object);
  }

  private Value number(String wanted, String word) throws RuncFailure.InvalidArgument {
    boolean fraction =
        !word.startsWith("0x")
            && (word.contains(".") || word.toLowerCase(Locale.ROOT).contains("e"));
    String type = !wanted.isEmpty() ? wanted : fraction ? "d" : "i";
    try {
      if (type.equals("d")) {
        return new Value(type, Double.valueOf(word));
      }
      long value = type.equals("t") ? Long.parseUnsignedLong(word) : Long.decode(word);
      if (!fits(type, value)) {
        throw failure("'" + word + "' is out of the range of type '" + type + "'");
      }
      return new Value(type, value);
    } catch (NumberFormatException _) {
      throw failure("'" + word + "' is not a value of type '" + type + "'");
    }
  }

  private static boolean fits(String type, long value) {
    return switch (type) {
      case "y" -> value >= 0 && value <= 0xFF;
      case "n" -> value == (short) value;
      case "q" -> value >= 0 && value <= 0xFFFF;
      case "i" -> value == (int) value;
      case "u" -> value >= 0 && value <= 0xFFFF_FFFFL;
      case "x", "t" -> true;
      default -> false;
    };
  }

  private Value array(String wanted) throws RuncFailure.InvalidArgument {
    if (!wanted.isEmpty() && !wanted.startsWith("a")) {
      throw failure("an array is not of type '" + wanted + "'");
    }
    String element = wanted.isEmpty() ? "" : wanted.substring(1);
    var elements = new ArrayList<Object>();
    at++;
    skipSpace();
    while (at < text.length() && text.charAt(at) != ']') {
      Value value = value(element);
      element = value.signature();
      elements.add(value.object());
      skipSpace();
      if (at < text.length() && text.charAt(at) == ',') {
        at++;
        skipSpace();
      }
    }
    if (at == text.length()) {
      throw failure("']' is missing");
    }
    at++;
    if (element.isEmpty()) {
      throw failure("an empty array needs its type, '@as []'");
    }
    return new Value("a" + element, List.copyOf(elements));
  }

  private String quoted(char quote) throws RuncFailure.InvalidArgument {
    var content = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == quote) {
        at++;
        return content.toString();
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
        c =
            switch (text.charAt(at)) {
              case 'n' -> '\n';
              case 't' -> '\t';
              default -> text.charAt(at);
            };
      }
      content.append(c);
    }
    throw failure("the closing quote is missing");
  }

  private String word() {
    int start = at;
    while (at < text.length() && " ,[]'\"@".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(start, at);
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private RuncFailure.InvalidArgument failure(String problem) {
    return new RuncFailure.InvalidArgument(
        "annotations['" + annotation + "']", "'" + text + "': " + problem);
  }
}

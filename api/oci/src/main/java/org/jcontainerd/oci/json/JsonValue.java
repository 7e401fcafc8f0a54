package org.jcontainerd.oci.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Any JSON value, for parts of a document that are passed on as they are. Immutable. */
public sealed interface JsonValue {

  /** An object; the order of the fields is kept. */
  record Fields(Map<String, JsonValue> values) implements JsonValue {
    public Fields {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The field of that name. */
    public Optional<JsonValue> get(String name) {
      return Optional.ofNullable(values.get(name));
    }

    /** A copy with one field set. */
    public Fields with(String name, JsonValue value) {
      var copy = new LinkedHashMap<>(values);
      copy.put(name, value);
      return new Fields(copy);
    }
  }

  /** An array. */
  record Elements(List<JsonValue> values) implements JsonValue {
    public Elements {
      values = Collections.unmodifiableList(new ArrayList<>(values));
    }
  }

  /** A string. */
  record Text(String value) implements JsonValue {}

  /** A number, with all its digits. */
  record Numeric(BigDecimal value) implements JsonValue {}

  /** true or false. */
  record Truth(boolean value) implements JsonValue {}

  /** null. */
  record Null() implements JsonValue {}
}

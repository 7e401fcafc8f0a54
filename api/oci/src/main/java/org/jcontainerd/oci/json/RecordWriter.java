package org.jcontainerd.oci.json;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a value by its class. */
final class RecordWriter {
  private RecordWriter() {}

  static void write(JsonWriter to, Object value) throws IOException {
    // Not a pattern switch: see RecordReader.read
    if (value instanceof String text) {
      to.value(text);
    } else if (value instanceof Boolean truth) {
      to.value(truth);
    } else if (value instanceof Integer number) {
      to.value(number);
    } else if (value instanceof Long number) {
      to.value(number);
    } else if (value instanceof Double number) {
      to.value(number);
    } else if (value instanceof Instant time) {
      to.value(time.toString());
    } else if (value instanceof Optional<?> optional) {
      optional(to, optional);
    } else if (value instanceof List<?> list) {
      list(to, list);
    } else if (value instanceof Map<?, ?> map) {
      map(to, map);
    } else if (value instanceof JsonValue any) {
      any(to, any);
    } else if (value.getClass().isAnnotationPresent(JsonText.class)) {
      to.value(value.toString());
    } else if (value instanceof Record nested) {
      nested(to, nested);
    } else {
      throw new IllegalArgumentException("no JSON shape for " + value.getClass().getName());
    }
  }

  private static void optional(JsonWriter to, Optional<?> value) throws IOException {
    if (value.isPresent()) {
      write(to, value.get());
    } else {
      to.nullValue();
    }
  }

  private static void list(JsonWriter to, List<?> list) throws IOException {
    to.beginArray();
    for (Object element : list) {
      write(to, element);
    }
    to.endArray();
  }

  private static void map(JsonWriter to, Map<?, ?> map) throws IOException {
    to.beginObject();
    for (var entry : map.entrySet()) {
      to.name((String) entry.getKey());
      write(to, entry.getValue());
    }
    to.endObject();
  }

  private static void nested(JsonWriter to, Record nested) throws IOException {
    to.beginObject();
    for (RecordShape.Field field : RecordShape.of(nested.getClass()).fields()) {
      Object value = field.get(nested);
      if (field.always() || !isEmpty(value)) {
        to.name(field.name());
        write(to, unsigned(field.shape(), value));
      }
    }
    to.endObject();
  }

  private static boolean isEmpty(Object value) {
    if (value instanceof String text) {
      return text.isEmpty();
    } else if (value instanceof Boolean truth) {
      return !truth;
    } else if (value instanceof Number number) {
      return number.doubleValue() == 0;
    } else if (value instanceof List<?> list) {
      return list.isEmpty();
    } else if (value instanceof Map<?, ?> map) {
      return map.isEmpty();
    } else if (value instanceof Optional<?> optional) {
      return optional.isEmpty();
    }
    return value instanceof JsonValue.Null;
  }

  /** A 64-bit unsigned number that is a negative long, as the number that it stands for. */
  private static Object unsigned(Shape shape, Object value) {
    if (shape instanceof Shape.Whole whole
        && whole.unsigned()
        && value instanceof Long number
        && number < 0) {
      return new JsonValue.Numeric(new BigDecimal(new BigInteger(Long.toUnsignedString(number))));
    } else if (shape instanceof Shape.OptionalOf optional
        && value instanceof Optional<?> some
        && some.isPresent()) {
      return unsigned(optional.value(), some.get());
    }
    return value;
  }

  private static void any(JsonWriter to, JsonValue value) throws IOException {
    switch (value) {
      case JsonValue.Fields(var fields) -> map(to, fields);
      case JsonValue.Elements(var elements) -> list(to, elements);
      case JsonValue.Text(var text) -> to.value(text);
      case JsonValue.Numeric(var number) -> to.value(number);
      case JsonValue.Truth(var truth) -> to.value(truth);
      case JsonValue.Null _ -> to.nullValue();
    }
  }
}

package org.jcontainerd.oci.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a value by its class. */
final class JsonWriter {
  private JsonWriter() {}

  static void write(JsonGenerator to, Object value) throws IOException {
    // Not a pattern switch: see JsonReader.read
    if (value instanceof String text) {
      to.writeString(text);
    } else if (value instanceof Boolean truth) {
      to.writeBoolean(truth);
    } else if (value instanceof Integer number) {
      to.writeNumber(number);
    } else if (value instanceof Long number) {
      to.writeNumber(number);
    } else if (value instanceof Double number) {
      to.writeNumber(number);
    } else if (value instanceof Instant time) {
      to.writeString(time.toString());
    } else if (value instanceof Optional<?> optional) {
      optional(to, optional);
    } else if (value instanceof List<?> list) {
      list(to, list);
    } else if (value instanceof Map<?, ?> map) {
      map(to, map);
    } else if (value instanceof JsonValue any) {
      any(to, any);
    } else if (value.getClass().isAnnotationPresent(JsonText.class)) {
      to.writeString(value.toString());
    } else if (value instanceof Record nested) {
      nested(to, nested);
    } else {
      throw new IllegalArgumentException("no JSON shape for " + value.getClass().getName());
    }
  }

  private static void optional(JsonGenerator to, Optional<?> value) throws IOException {
    if (value.isPresent()) {
      write(to, value.get());
    } else {
      to.writeNull();
    }
  }

  private static void list(JsonGenerator to, List<?> list) throws IOException {
    to.writeStartArray();
    for (Object element : list) {
      write(to, element);
    }
    to.writeEndArray();
  }

  private static void map(JsonGenerator to, Map<?, ?> map) throws IOException {
    to.writeStartObject();
    for (var entry : map.entrySet()) {
      to.writeFieldName((String) entry.getKey());
      write(to, entry.getValue());
    }
    to.writeEndObject();
  }

  private static void nested(JsonGenerator to, Record nested) throws IOException {
    to.writeStartObject();
    for (RecordShape.Field field : RecordShape.of(nested.getClass()).fields()) {
      Object value = field.get(nested);
      if (field.always() || !isEmpty(value)) {
        to.writeFieldName(field.name());
        write(to, unsigned(field.shape(), value));
      }
    }
    to.writeEndObject();
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

  private static void any(JsonGenerator to, JsonValue value) throws IOException {
    switch (value) {
      case JsonValue.Fields(var fields) -> map(to, fields);
      case JsonValue.Elements(var elements) -> list(to, elements);
      case JsonValue.Text(var text) -> to.writeString(text);
      case JsonValue.Numeric(var number) -> to.writeNumber(number);
      case JsonValue.Truth(var truth) -> to.writeBoolean(truth);
      case JsonValue.Null _ -> to.writeNull();
    }
  }
}

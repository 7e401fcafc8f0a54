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
    switch (value) {
      case String text -> to.writeString(text);
      case Boolean truth -> to.writeBoolean(truth);
      case Integer number -> to.writeNumber(number);
      case Long number -> to.writeNumber(number);
      case Double number -> to.writeNumber(number);
      case Instant time -> to.writeString(time.toString());
      case Optional<?> optional when optional.isPresent() -> write(to, optional.get());
      case Optional<?> _ -> to.writeNull();
      case List<?> list -> list(to, list);
      case Map<?, ?> map -> map(to, map);
      case JsonValue any -> any(to, any);
      case Record text when text.getClass().isAnnotationPresent(JsonText.class) ->
          to.writeString(text.toString());
      case Record nested -> nested(to, nested);
      case Object text when text.getClass().isAnnotationPresent(JsonText.class) ->
          to.writeString(text.toString());
      default ->
          throw new IllegalArgumentException("no JSON shape for " + value.getClass().getName());
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
    return switch (value) {
      case String text -> text.isEmpty();
      case Boolean truth -> !truth;
      case Integer number -> number == 0;
      case Long number -> number == 0;
      case Double number -> number == 0;
      case List<?> list -> list.isEmpty();
      case Map<?, ?> map -> map.isEmpty();
      case Optional<?> optional -> optional.isEmpty();
      case JsonValue.Null _ -> true;
      default -> false;
    };
  }

  /** A 64-bit unsigned number that is a negative long, as the number that it stands for. */
  private static Object unsigned(Shape shape, Object value) {
    return switch (shape) {
      case Shape.Whole whole when whole.unsigned() && value instanceof Long number && number < 0 ->
          new JsonValue.Numeric(new BigDecimal(new BigInteger(Long.toUnsignedString(number))));
      case Shape.OptionalOf optional when value instanceof Optional<?> some && some.isPresent() ->
          unsigned(optional.value(), some.get());
      default -> value;
    };
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

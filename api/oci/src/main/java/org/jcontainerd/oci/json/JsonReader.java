package org.jcontainerd.oci.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a value by its {@link Shape}; the parser stands on the first token of the value. */
final class JsonReader {
  private JsonReader() {}

  static Object read(JsonParser parser, Shape shape) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL && !(shape instanceof Shape.Any)) {
      Object absent = shape.absent();
      if (absent == null) {
        throw new JsonException("expected " + name(shape) + ", found null");
      }
      return absent;
    }
    // Not a pattern switch: the first one that a JVM meets costs it several milliseconds.
    if (shape instanceof Shape.Text) {
      return text(parser);
    } else if (shape instanceof Shape.OptionalOf optional) {
      return Optional.of(read(parser, optional.value()));
    } else if (shape instanceof Shape.ListOf list) {
      return list(parser, list.element());
    } else if (shape instanceof Shape.Nested nested) {
      return nested(parser, nested.shape());
    } else if (shape instanceof Shape.Whole whole) {
      return whole(parser, whole);
    } else if (shape instanceof Shape.Truth) {
      return truth(parser);
    } else if (shape instanceof Shape.MapOf map) {
      return map(parser, map.value());
    } else if (shape instanceof Shape.Parsed parsed) {
      return parsed.read(text(parser));
    } else if (shape instanceof Shape.Real) {
      return real(parser);
    } else if (shape instanceof Shape.Time) {
      return time(parser);
    } else if (shape instanceof Shape.Any any) {
      return any(parser, any);
    }
    throw new IllegalStateException("no reader for " + shape);
  }

  private static String text(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong("a string", parser);
    }
    return parser.getText();
  }

  private static Boolean truth(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw wrong("true or false", parser);
    };
  }

  private static Object whole(JsonParser parser, Shape.Whole shape) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw wrong("a whole number", parser);
    }
    long value;
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      BigInteger big = parser.getBigIntegerValue();
      if (!shape.unsigned() || shape.bits() < 64 || big.signum() < 0 || big.bitLength() > 64) {
        throw outOfRange(big.toString(), shape);
      }
      value = big.longValue();
    } else {
      value = parser.getLongValue();
      boolean fits =
          shape.unsigned()
              ? value >= 0 && (shape.bits() == 64 || value >>> shape.bits() == 0)
              : shape.bits() == 64 || value == (int) value;
      if (!fits) {
        throw outOfRange(Long.toString(value), shape);
      }
    }
    return shape.asInt() ? (Object) (int) value : (Object) value;
  }

  private static JsonException outOfRange(String value, Shape.Whole shape) {
    return new JsonException(
        "number "
            + value
            + " does not fit "
            + shape.bits()
            + (shape.unsigned() ? " unsigned" : "")
            + " bits");
  }

  private static Double real(JsonParser parser) throws IOException {
    if (!parser.currentToken().isNumeric()) {
      throw wrong("a number", parser);
    }
    return parser.getDoubleValue();
  }

  private static Instant time(JsonParser parser) throws IOException {
    String text = text(parser);
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new JsonException("", "expected a time (RFC 3339), found '" + text + "'", e);
    }
  }

  private static Object nested(JsonParser parser, RecordShape shape) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("an object", parser);
    }
    @Nullable Object[] values = new @Nullable Object[shape.fields().size()];
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      RecordShape.Field field = shape.field(name);
      try {
        JsonToken first = parser.nextToken();
        if (field == null) {
          parser.skipChildren();
        } else if (first != JsonToken.VALUE_NULL || field.shape() instanceof Shape.Any) {
          values[field.index()] = read(parser, field.shape());
        }
      } catch (JsonException e) {
        throw e.inField(name);
      } catch (StreamConstraintsException e) { // more digits or depth than anybody has a use for
        throw new JsonException("", e.getOriginalMessage(), e).inField(name);
      }
    }
    return shape.construct(values);
  }

  private static List<Object> list(JsonParser parser, Shape element) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw wrong("an array", parser);
    }
    var values = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      try {
        values.add(read(parser, element));
      } catch (JsonException e) {
        throw e.inElement(values.size());
      }
    }
    return Collections.unmodifiableList(values);
  }

  private static Map<String, Object> map(JsonParser parser, Shape value) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("an object", parser);
    }
    var values = new LinkedHashMap<String, Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      try {
        values.put(name, read(parser, value));
      } catch (JsonException e) {
        throw e.inField(name);
      }
    }
    return Collections.unmodifiableMap(values);
  }

  @SuppressWarnings("unchecked")
  private static JsonValue any(JsonParser parser, Shape.Any shape) throws IOException {
    var every = new Shape.Any(JsonValue.class);
    JsonValue value =
        switch (parser.currentToken()) {
          case START_OBJECT ->
              new JsonValue.Fields((Map<String, JsonValue>) (Map<String, ?>) map(parser, every));
          case START_ARRAY ->
              new JsonValue.Elements((List<JsonValue>) (List<?>) list(parser, every));
          case VALUE_STRING -> new JsonValue.Text(parser.getText());
          case VALUE_TRUE, VALUE_FALSE -> new JsonValue.Truth(parser.getBooleanValue());
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
              new JsonValue.Numeric(parser.getDecimalValue());
          default -> new JsonValue.Null();
        };
    if (!shape.type().isInstance(value)) {
      throw new JsonException("expected " + name(shape) + ", found another kind of value");
    }
    return value;
  }

  private static String name(Shape shape) {
    return switch (shape) {
      case Shape.Nested _ -> "an object";
      case Shape.Parsed _ -> "a string";
      case Shape.Any any -> any.type() == JsonValue.Fields.class ? "an object" : "a value";
      default -> "a value";
    };
  }

  private static JsonException wrong(String expected, JsonParser parser) throws IOException {
    String found =
        switch (parser.currentToken()) {
          case START_OBJECT -> "an object";
          case START_ARRAY -> "an array";
          case VALUE_STRING -> "the string '" + parser.getText() + "'";
          default -> parser.getText();
        };
    return new JsonException("expected " + expected + ", found " + found);
  }
}

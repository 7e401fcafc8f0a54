package org.jcontainerd.oci.json;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
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

/** Reads the next value of a document by its {@link Shape}. */
final class RecordReader {
  private final JsonReader from;

  RecordReader(JsonReader from) {
    this.from = from;
  }

  Object read(Shape shape) throws IOException {
    if (from.peek() == JsonToken.NULL && !(shape instanceof Shape.Any)) {
      Object absent = shape.absent();
      if (absent == null) {
        throw new JsonException("expected " + name(shape) + ", found null");
      }
      from.nextNull();
      return absent;
    }
    // Not a pattern switch: the first one that a JVM meets costs it several milliseconds.
    if (shape instanceof Shape.Text) {
      return text();
    } else if (shape instanceof Shape.OptionalOf optional) {
      return Optional.of(read(optional.value()));
    } else if (shape instanceof Shape.ListOf list) {
      return list(list.element());
    } else if (shape instanceof Shape.Nested nested) {
      return nested(nested.shape());
    } else if (shape instanceof Shape.Whole whole) {
      return whole(whole);
    } else if (shape instanceof Shape.Truth) {
      return truth();
    } else if (shape instanceof Shape.MapOf map) {
      return map(map.value());
    } else if (shape instanceof Shape.Parsed parsed) {
      return parsed.read(text());
    } else if (shape instanceof Shape.Real) {
      return real();
    } else if (shape instanceof Shape.Time) {
      return time();
    } else if (shape instanceof Shape.Any any) {
      return any(any);
    }
    throw new IllegalStateException("no reader for " + shape);
  }

  private String text() throws IOException {
    return is(JsonToken.STRING, "a string").nextString();
  }

  private Boolean truth() throws IOException {
    return is(JsonToken.BOOLEAN, "true or false").nextBoolean();
  }

  /**
   * The text of a number, of at most 1023 characters: the parser takes a longer one for no JSON.
   */
  private String number(String expected) throws IOException {
    return is(JsonToken.NUMBER, expected).nextString();
  }

  private Object whole(Shape.Whole shape) throws IOException {
    String expected = "a whole number";
    String text = number(expected);
    for (int i = 0; i < text.length(); i++) {
      if (".eE".indexOf(text.charAt(i)) >= 0) {
        throw new JsonException("expected " + expected + ", found " + text);
      }
    }
    long value;
    try {
      value =
          shape.unsigned() && shape.bits() == 64
              ? Long.parseUnsignedLong(text)
              : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw outOfRange(text, shape);
    }
    boolean fits =
        shape.bits() == 64
            || (shape.unsigned()
                ? value >= 0 && value >>> shape.bits() == 0
                : value == (int) value);
    if (!fits) {
      throw outOfRange(text, shape);
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

  private Double real() throws IOException {
    return Double.valueOf(number("a number"));
  }

  private Instant time() throws IOException {
    String text = text();
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new JsonException("", "expected a time (RFC 3339), found '" + text + "'", e);
    }
  }

  private Object nested(RecordShape shape) throws IOException {
    is(JsonToken.BEGIN_OBJECT, "an object").beginObject();
    @Nullable Object[] values = new @Nullable Object[shape.fields().size()];
    while (from.hasNext()) {
      String name = from.nextName();
      RecordShape.Field field = shape.field(name);
      try {
        if (field == null) {
          from.skipValue();
        } else if (from.peek() != JsonToken.NULL || field.shape() instanceof Shape.Any) {
          values[field.index()] = read(field.shape());
        } else {
          from.nextNull();
        }
      } catch (JsonException e) {
        throw e.inField(name);
      }
    }
    from.endObject();
    return shape.construct(values);
  }

  private List<Object> list(Shape element) throws IOException {
    is(JsonToken.BEGIN_ARRAY, "an array").beginArray();
    var values = new ArrayList<>();
    while (from.hasNext()) {
      try {
        values.add(read(element));
      } catch (JsonException e) {
        throw e.inElement(values.size());
      }
    }
    from.endArray();
    return Collections.unmodifiableList(values);
  }

  private Map<String, Object> map(Shape value) throws IOException {
    is(JsonToken.BEGIN_OBJECT, "an object").beginObject();
    var values = new LinkedHashMap<String, Object>();
    while (from.hasNext()) {
      String name = from.nextName();
      try {
        values.put(name, read(value));
      } catch (JsonException e) {
        throw e.inField(name);
      }
    }
    from.endObject();
    return Collections.unmodifiableMap(values);
  }

  @SuppressWarnings("unchecked")
  private JsonValue any(Shape.Any shape) throws IOException {
    var every = new Shape.Any(JsonValue.class);
    JsonValue value =
        switch (from.peek()) {
          case BEGIN_OBJECT ->
              new JsonValue.Fields((Map<String, JsonValue>) (Map<String, ?>) map(every));
          case BEGIN_ARRAY -> new JsonValue.Elements((List<JsonValue>) (List<?>) list(every));
          case STRING -> new JsonValue.Text(from.nextString());
          case BOOLEAN -> new JsonValue.Truth(from.nextBoolean());
          case NUMBER -> new JsonValue.Numeric(new BigDecimal(number("a number")));
          default -> {
            from.nextNull();
            yield new JsonValue.Null();
          }
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

  /** The reader, if it stands before such a token. */
  private JsonReader is(JsonToken token, String expected) throws IOException {
    JsonToken next = from.peek();
    if (next != token) {
      throw new JsonException("expected " + expected + ", found " + found(next));
    }
    return from;
  }

  private String found(JsonToken next) throws IOException {
    return switch (next) {
      case BEGIN_OBJECT -> "an object";
      case BEGIN_ARRAY -> "an array";
      case STRING -> "the string '" + from.nextString() + "'";
      case NUMBER -> from.nextString();
      case BOOLEAN -> String.valueOf(from.nextBoolean());
      default -> "null";
    };
  }
}

package org.jcontainerd.oci.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * JSON of records: the one mapping of this project. A record is an object; a field is named as its
 * component unless {@link Json} says otherwise. Unknown fields are ignored. An absent or null field
 * is {@code Optional.empty()}, an empty list or map, "", 0 or false, as in the Go programs that
 * share these formats; the same values are left out when written. Component types: String, boolean,
 * int, long, double, Instant, records, {@link JsonText} types, {@link JsonValue}, and List, Map (of
 * String) and Optional of these. Thread-safe.
 */
public final class OciJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private OciJson() {}

  /**
   * Reads one record.
   *
   * @throws JsonException if the bytes are not JSON, or a value has another type than its component
   */
  public static <T extends Record> T read(byte[] json, Class<T> type) throws JsonException {
    return type.cast(parse(json, new Shape.Nested(type)));
  }

  /** Reads an array of records. */
  public static <T extends Record> List<T> readList(byte[] json, Class<T> type)
      throws JsonException {
    List<?> values = (List<?>) parse(json, new Shape.ListOf(new Shape.Nested(type)));
    return values.stream().<T>map(type::cast).toList();
  }

  /** Reads any JSON value. */
  public static JsonValue readValue(byte[] json) throws JsonException {
    return (JsonValue) parse(json, new Shape.Any(JsonValue.class));
  }

  /** Writes a record, a list of records, a map or a {@link JsonValue} without white space. */
  public static byte[] write(Object value) {
    return generate(value, false);
  }

  /** Writes as {@link #write} does, indented by two spaces. */
  public static byte[] writeIndented(Object value) {
    return generate(value, true);
  }

  private static Object parse(byte[] json, Shape shape) throws JsonException {
    try (JsonParser parser = FACTORY.createParser(json)) {
      if (parser.nextToken() == null) {
        throw new JsonException("empty document");
      }
      Object value = JsonReader.read(parser, shape);
      if (parser.nextToken() != null) {
        throw new JsonException("text after the end of the document");
      }
      return value;
    } catch (JsonException e) {
      throw e;
    } catch (JsonProcessingException e) {
      var where = e.getLocation();
      String place = where == null ? "" : "line " + where.getLineNr() + ": ";
      throw new JsonException("", place + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new JsonException("", String.valueOf(e.getMessage()), e);
    }
  }

  private static byte[] generate(Object value, boolean indented) {
    var bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator generator = FACTORY.createGenerator(bytes)) {
      if (indented) {
        generator.setPrettyPrinter(asGo());
      }
      JsonWriter.write(generator, value);
    } catch (IOException e) {
      throw new UncheckedIOException("write JSON", e); // memory does not fail
    }
    return bytes.toByteArray();
  }

  /** Laid out as encoding/json of Go does: what people grep for in the output of other runtimes. */
  private static DefaultPrettyPrinter asGo() {
    var separators =
        Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    var indenter = new DefaultIndenter("  ", "\n");
    return new DefaultPrettyPrinter(separators)
        .withObjectIndenter(indenter)
        .withArrayIndenter(indenter);
  }
}

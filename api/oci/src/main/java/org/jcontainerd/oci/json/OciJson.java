package org.jcontainerd.oci.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.FormattingStyle;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSON of records: the one mapping of this project. A record is an object; a field is named as its
 * component unless {@link Json} says otherwise. Unknown fields are ignored. An absent or null field
 * is {@code Optional.empty()}, an empty list or map, "", 0 or false, as in the Go programs that
 * share these formats; the same values are left out when written. Component types: String, boolean,
 * int, long, double, Instant, records, {@link JsonText} types, {@link JsonValue}, and List, Map (of
 * String) and Optional of these. Thread-safe.
 */
public final class OciJson {
  private static final char REPLACEMENT = '\uFFFD';

  /** So much of a document a message shows. */
  private static final int SHOWN = 20;

  /** And so much of the path to it. */
  private static final int LONGEST_PATH = 80;

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
    String text = decode(json);
    if (text.isBlank()) {
      throw new JsonException("empty document");
    }
    var reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    Object value;
    try {
      value = new RecordReader(reader).read(shape);
    } catch (JsonException e) {
      throw e;
    } catch (IOException e) {
      throw malformed(text, reader.getPath(), e);
    }
    try {
      if (reader.peek() == JsonToken.END_DOCUMENT) {
        return value;
      }
    } catch (IOException _) {
      // what is there begins no value; that anything is there is what is wrong
    }
    throw new JsonException("text after the end of the document");
  }

  private static String decode(byte[] json) throws JsonException {
    var text = new String(json, UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) { // of the document, or in place of what is no UTF-8
      try {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      } catch (CharacterCodingException e) {
        throw new JsonException("", "not UTF-8", e);
      }
    }
    return text;
  }

  /** What the parser says is for programmers; people want the place. */
  private static JsonException malformed(String text, String jsonPath, IOException failure) {
    String whole = jsonPath.replaceFirst("^\\$\\.?", "");
    String path = whole.length() > LONGEST_PATH ? whole.substring(0, LONGEST_PATH) + "..." : whole;
    Matcher place =
        Pattern.compile("(.+) at line (\\d+) column (\\d+) ")
            .matcher(String.valueOf(failure.getMessage()));
    if (!place.find()) {
      return new JsonException(path, "not JSON", failure);
    }
    int line = Integer.parseInt(place.group(2));
    String said = place.group(1);
    String what =
        said.startsWith("Use JsonReader")
            ? "not JSON, or a number of too many digits"
            : said.substring(0, 1).toLowerCase(Locale.ROOT) + said.substring(1);
    String there = text.lines().skip(line - 1).findFirst().orElse("");
    int from = Math.min(Math.max(Integer.parseInt(place.group(3)) - 2, 0), there.length());
    String found = there.substring(from, Math.min(there.length(), from + SHOWN)).strip();
    return new JsonException(
        path,
        "line " + line + ": " + what + (found.isEmpty() ? "" : ", at '" + found + "'"),
        failure);
  }

  private static byte[] generate(Object value, boolean indented) {
    var text = new StringWriter(1024);
    try {
      var writer = new JsonWriter(text);
      if (indented) { // as Go does: what people grep for in the output of other runtimes
        writer.setFormattingStyle(FormattingStyle.PRETTY);
      }
      RecordWriter.write(writer, value);
    } catch (IOException e) {
      throw new UncheckedIOException("write JSON", e); // memory does not fail
    }
    return text.toString().getBytes(UTF_8);
  }
}

package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/**
 * The strings of a configuration as the kernel would read them: to the first NUL. A path or a name
 * that is longer for us than for the kernel could pass a check as one thing and be used as another.
 */
public final class ConfigText {
  /** No plan is longer, and a command has little memory. */
  private static final int MOST_BYTES = 4 << 20;

  /** JSON has no other way to write a NUL. */
  private static final byte[] ESCAPED = "\\u0000".getBytes(StandardCharsets.US_ASCII);

  private ConfigText() {}

  /**
   * The bytes of a file, of which there may be any number behind a link or in a device.
   *
   * @throws RuncFailure.InvalidArgument if there are too many
   */
  public static byte[] read(Path file) throws IOException, RuncFailure.InvalidArgument {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new RuncFailure.InvalidArgument(
            String.valueOf(file.getFileName()),
            "'" + file + "' is longer than " + MOST_BYTES + " bytes");
      }
      return bytes;
    }
  }

  /**
   * Checks a document.
   *
   * @throws RuncFailure.InvalidArgument with the path of the first string that holds a NUL
   */
  public static void check(byte[] json) throws RuncFailure.InvalidArgument, JsonException {
    // Parsing costs time, and nearly no configuration has one of these.
    if (holdsEscape(json)) {
      Optional<String> found = find("", OciJson.readValue(json));
      if (found.isPresent()) {
        throw new RuncFailure.InvalidArgument(found.get(), "holds a NUL character");
      }
    }
  }

  private static boolean holdsEscape(byte[] json) {
    for (int i = 0; i + ESCAPED.length <= json.length; i++) {
      if (json[i] == '\\'
          && Arrays.equals(json, i, i + ESCAPED.length, ESCAPED, 0, ESCAPED.length)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> find(String path, JsonValue value) {
    return switch (value) {
      case JsonValue.Text(String text) when holdsNul(text) -> Optional.of(path);
      case JsonValue.Fields(var fields) ->
          fields.entrySet().stream()
              .map(field -> find(join(path, field.getKey()), field.getKey(), field.getValue()))
              .flatMap(Optional::stream)
              .findFirst();
      case JsonValue.Elements(var elements) -> {
        for (int i = 0; i < elements.size(); i++) {
          Optional<String> found = find(path + "[" + i + "]", elements.get(i));
          if (found.isPresent()) {
            yield found;
          }
        }
        yield Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  private static Optional<String> find(String path, String name, JsonValue value) {
    return holdsNul(name) ? Optional.of(path) : find(path, value);
  }

  private static boolean holdsNul(String text) {
    return text.indexOf('\0') >= 0;
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}

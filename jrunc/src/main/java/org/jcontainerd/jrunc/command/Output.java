package org.jcontainerd.jrunc.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jcontainerd.oci.json.OciJson;

/** Standard output, for results. */
final class Output {
  private Output() {}

  static void json(Object value) throws IOException {
    text(new String(OciJson.writeIndented(value), StandardCharsets.UTF_8) + "\n");
  }

  /** JSON without white space, as one line. */
  static void line(Object value) throws IOException {
    text(new String(OciJson.write(value), StandardCharsets.UTF_8) + "\n");
  }

  static void text(String text) throws IOException {
    // Descriptor 1 stays open: it belongs to the program.
    @SuppressWarnings("resource")
    var stdout = new FileOutputStream(FileDescriptor.out);
    stdout.write(text.getBytes(StandardCharsets.UTF_8));
    stdout.flush();
  }
}

package org.jcontainerd.daemon.registry;

import org.jcontainerd.oci.distribution.ErrorResponse;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;

/** What a failed answer says, short enough for a message. */
final class AnswerText {
  private static final int LIMIT = 300;

  private AnswerText() {}

  static String of(int status, byte[] body) {
    var summary = summary(body);
    return "status " + status + (summary.isEmpty() ? "" : ", " + summary);
  }

  private static String summary(byte[] body) {
    String text;
    try {
      text = OciJson.read(body, ErrorResponse.class).summary();
    } catch (JsonException html) {
      return ""; // proxies answer in HTML, which helps nobody in a message
    }
    var clean = text.replaceAll("\\p{Cntrl}+", " ");
    return clean.length() > LIMIT ? clean.substring(0, LIMIT) + "..." : clean;
  }
}

package org.jcontainerd.jshim.stdio;

import java.nio.charset.StandardCharsets;
import org.jcontainerd.oci.json.Json;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;

/**
 * The line with which a client of the stream socket says what it wants.
 *
 * @param execId empty for the container's own process
 * @param stream {@code stdin}, {@code stdout} or {@code stderr}
 */
public record StreamRequest(
    String namespace, String id, @Json(name = "exec_id") String execId, String stream) {

  static StreamRequest parse(String line) throws JsonException {
    return OciJson.read(line.getBytes(StandardCharsets.UTF_8), StreamRequest.class);
  }
}

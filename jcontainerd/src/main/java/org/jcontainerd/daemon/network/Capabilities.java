package org.jcontainerd.daemon.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/** What is known about a pod under the names of CNI's conventions for capabilities. */
final class Capabilities {
  private Capabilities() {}

  static Map<String, JsonValue> of(Attachment attachment) {
    var all = new LinkedHashMap<String, JsonValue>();
    List<PortMapping> ports =
        attachment.portMappings().stream().filter(p -> p.hostPort() != 0).toList();
    if (!ports.isEmpty()) {
      all.put("portMappings", json(ports));
    }
    if (!attachment.dns().isEmpty()) {
      // the convention calls its keys servers, searches, options
      all.put(
          "dns",
          json(
              Map.of(
                  "servers", attachment.dns().nameservers(),
                  "searches", attachment.dns().search(),
                  "options", attachment.dns().options())));
    }
    if (!attachment.bandwidth().isEmpty()) {
      all.put("bandwidth", json(attachment.bandwidth()));
    }
    if (!attachment.cgroupPath().isEmpty()) {
      all.put("cgroupPath", new JsonValue.Text(attachment.cgroupPath()));
    }
    if (!attachment.annotations().isEmpty()) {
      all.put("io.kubernetes.cri.pod-annotations", json(attachment.annotations()));
    }
    return all;
  }

  private static JsonValue json(Object value) {
    try {
      return OciJson.readValue(OciJson.write(value));
    } catch (JsonException e) {
      throw new AssertionError("what was written can be read", e);
    }
  }
}

package org.jcontainerd.cni;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.cni.CniAttachment;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniResult;
import org.jcontainerd.oci.cni.CniVersion;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/**
 * One call of a plugin: what the specification passes in the environment and on stdin. A plugin
 * reads nothing else. Immutable.
 *
 * @param containerId "" for GC and STATUS
 * @param netns path of the sandbox's network namespace; empty if it is gone
 * @param ifname name of the interface in the sandbox
 * @param args {@code CNI_ARGS}: {@code K=V;K=V}
 * @param path {@code CNI_PATH}: where delegated plugins are found
 * @param config the plugin's configuration
 * @param host the other side; borrowed
 * @param sandboxEnds whether the caller of DEL deletes the sandbox's network namespace right after.
 *     Then DEL cuts the link off without waiting and leaves it to go down with the namespace, which
 *     saves the kernel's grace period of some 20 ms; the namespaces of several sandboxes share one.
 *     It also leaves tables of packet rules that nobody uses any more to {@link
 *     CniPlugins#removeUnusedTables}. A program is never told, so it always does both itself.
 */
public record CniRequest(
    CniVerb verb,
    String containerId,
    Optional<Path> netns,
    String ifname,
    String args,
    List<Path> path,
    JsonValue.Fields config,
    CniHost host,
    boolean sandboxEnds) {
  public CniRequest {
    path = List.copyOf(path);
  }

  /** The configuration as one of the records that plugins read. */
  public <T extends Record> T config(Class<T> type) throws CniFailure {
    try {
      return OciJson.read(OciJson.write(config), type);
    } catch (JsonException e) {
      throw CniFailure.of(CniError.DECODING_FAILURE, "configuration: " + e.getMessage());
    }
  }

  /** The network's name. */
  public String network() throws CniFailure {
    String name = text("name");
    if (!name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*")) {
      throw CniFailure.config("network name '" + name + "': not allowed");
    }
    return name;
  }

  /** The version that the configuration is written in. */
  public CniVersion version() throws CniFailure {
    String text = text("cniVersion");
    return CniVersion.supported(text)
        .orElseThrow(() ->
            CniFailure.of(
                CniError.INCOMPATIBLE_VERSION,
                "cniVersion '%s': supported are %s".formatted(text, CniVersion.SUPPORTED)));
  }

  /** The result of the plugin before, or of the whole ADD for DEL and CHECK. */
  public Optional<CniResult> previous() throws CniFailure {
    Optional<JsonValue> value =
        config.get("prevResult").filter(v -> !(v instanceof JsonValue.Null));
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(CniResult.read(OciJson.write(value.get())));
    } catch (JsonException e) {
      throw CniFailure.of(CniError.DECODING_FAILURE, "prevResult: " + e.getMessage());
    }
  }

  /** For GC: the attachments that stay. */
  public List<CniAttachment> validAttachments() throws CniFailure {
    JsonValue value =
        config
            .get("cni.dev/valid-attachments")
            .or(() -> config.get("cni.dev/attachments")) // its name in drafts of 1.1.0
            .orElse(new JsonValue.Elements(List.of()));
    try {
      return OciJson.readList(OciJson.write(value), CniAttachment.class);
    } catch (JsonException e) {
      throw CniFailure.of(
          CniError.DECODING_FAILURE, "cni.dev/valid-attachments: " + e.getMessage());
    }
  }

  /** {@code CNI_ARGS} by key. */
  public Map<String, String> argsByKey() throws CniFailure {
    var map = new HashMap<String, String>();
    for (String pair : args.split(";")) {
      int equals = pair.indexOf('=');
      if (!pair.isEmpty() && equals < 0) {
        throw CniFailure.of(
            CniError.INVALID_ENVIRONMENT, "CNI_ARGS: '" + pair + "' is no key with a value");
      }
      if (equals > 0) {
        map.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return map;
  }

  /** The same call with another verb, as for a delegated plugin. */
  public CniRequest with(CniVerb other) {
    return new CniRequest(other, containerId, netns, ifname, args, path, config, host, sandboxEnds);
  }

  private String text(String key) {
    return config.get(key).orElse(new JsonValue.Null()) instanceof JsonValue.Text(String text)
        ? text
        : "";
  }
}

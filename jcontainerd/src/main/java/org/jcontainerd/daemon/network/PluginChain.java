package org.jcontainerd.daemon.network;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniHost;
import org.jcontainerd.cni.CniRequest;
import org.jcontainerd.cni.CniVerb;
import org.jcontainerd.cni.PluginDirectories;
import org.jcontainerd.oci.cni.CniAttachment;
import org.jcontainerd.oci.cni.CniResult;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/**
 * The plugins of one network, called as section 3 of the specification says: ADD in order, DEL in
 * reverse order. Kernel calls may wait: used on platform threads. Immutable.
 */
final class PluginChain {
  private final NetworkList list;
  private final List<Path> bin;
  private final CniHost host;

  PluginChain(NetworkList list, List<Path> bin, CniHost host) {
    this.list = list;
    this.bin = bin;
    this.host = host;
  }

  /** Calls ADD of each plugin with the result of the one before. */
  CniResult add(ResultCache.Entry entry) throws CniFailure {
    Optional<CniResult> result = Optional.empty();
    for (JsonValue.Fields plugin : list.plugins()) {
      result = call(CniVerb.ADD, plugin, entry, result);
    }
    return result.orElseThrow();
  }

  /** Calls DEL of each plugin in reverse order with the result of ADD, if there is one. */
  void del(ResultCache.Entry entry) throws CniFailure {
    List<JsonValue.Fields> plugins = list.plugins().reversed();
    for (JsonValue.Fields plugin : plugins) {
      var _ = call(CniVerb.DEL, plugin, entry, entry.result());
    }
  }

  /** Calls CHECK of each plugin with the result of ADD. */
  void check(ResultCache.Entry entry) throws CniFailure {
    for (JsonValue.Fields plugin : list.plugins()) {
      var _ = call(CniVerb.CHECK, plugin, entry, entry.result());
    }
  }

  /** Asks each plugin whether ADD would work. */
  void status() throws CniFailure {
    for (JsonValue.Fields plugin : list.plugins()) {
      var _ = call(CniVerb.STATUS, config(plugin));
    }
  }

  /** Fails if a plugin's program is missing or not to be trusted. */
  void requirePlugins() throws CniFailure {
    for (JsonValue.Fields plugin : list.plugins()) {
      var _ = PluginDirectories.find(NetworkList.type(plugin), bin);
    }
  }

  /** Lets each plugin remove what belongs to no valid attachment; tries all. */
  void gc(List<CniAttachment> valid) throws CniFailure {
    List<CniFailure> failures = new ArrayList<>();
    for (JsonValue.Fields plugin : list.plugins()) {
      try {
        JsonValue attachments = OciJson.readValue(OciJson.write(valid));
        var _ = call(CniVerb.GC, config(plugin).with("cni.dev/valid-attachments", attachments));
      } catch (CniFailure e) {
        failures.add(e);
      } catch (JsonException e) {
        throw new AssertionError("what was written can be read", e);
      }
    }
    if (!failures.isEmpty()) {
      CniFailure first = failures.getFirst();
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }

  private Optional<CniResult> call(CniVerb verb, JsonValue.Fields config) throws CniFailure {
    String type = NetworkList.type(config);
    return PluginDirectories.find(type, bin)
        .call(new CniRequest(verb, "", Optional.empty(), "", "", bin, config, host, false));
  }

  private Optional<CniResult> call(
      CniVerb verb, JsonValue.Fields plugin, ResultCache.Entry entry, Optional<CniResult> previous)
      throws CniFailure {
    JsonValue.Fields config = config(plugin);
    Map<String, JsonValue> runtime = runtimeConfig(plugin, entry.capabilityArgs());
    if (!runtime.isEmpty()) {
      config = config.with("runtimeConfig", new JsonValue.Fields(runtime));
    }
    if (previous.isPresent()) {
      config = config.with("prevResult", json(previous.get().as(list.version())));
    }
    Path netns = Path.of(entry.netns());
    boolean gone = verb == CniVerb.DEL && !Files.exists(netns);
    var request =
        new CniRequest(
            verb,
            entry.containerId(),
            gone ? Optional.empty() : Optional.of(netns),
            entry.ifName(),
            args(entry),
            bin,
            config,
            host,
            verb == CniVerb.DEL);
    return PluginDirectories.find(NetworkList.type(plugin), bin).call(request);
  }

  /**
   * A plugin's keys with those that the runtime adds; section 3, "Deriving request configuration".
   */
  private JsonValue.Fields config(JsonValue.Fields plugin) {
    var fields = new LinkedHashMap<>(plugin.values());
    fields.remove("capabilities");
    fields.put("name", new JsonValue.Text(list.name()));
    fields.put("cniVersion", new JsonValue.Text(list.version().toString()));
    return new JsonValue.Fields(fields);
  }

  /** What the runtime knows and the plugin has declared to understand. */
  private static Map<String, JsonValue> runtimeConfig(
      JsonValue.Fields plugin, Map<String, JsonValue> capabilityArgs) {
    var runtime = new LinkedHashMap<String, JsonValue>();
    if (plugin.get("capabilities").orElse(null) instanceof JsonValue.Fields(var declared)) {
      declared.forEach((name, on) -> {
        JsonValue value = capabilityArgs.get(name);
        if (on.equals(new JsonValue.Truth(true)) && value != null) {
          runtime.put(name, value);
        }
      });
    }
    return runtime;
  }

  private static String args(ResultCache.Entry entry) {
    return entry.cniArgs().stream()
        .map(pair -> String.join("=", pair))
        .collect(Collectors.joining(";"));
  }

  private static JsonValue json(CniResult result) {
    try {
      return OciJson.readValue(OciJson.write(result));
    } catch (JsonException e) {
      throw new AssertionError("what was written can be read", e);
    }
  }
}

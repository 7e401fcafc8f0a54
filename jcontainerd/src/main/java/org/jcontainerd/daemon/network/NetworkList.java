package org.jcontainerd.daemon.network;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jcontainerd.oci.cni.CniVersion;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/**
 * A network's configuration: a list of plugins, called in order. Immutable.
 *
 * @param version the highest that the configuration has and we know
 * @param disableGc whether GC must not be called, because somebody else uses the network too
 * @param plugins each plugin's keys as they were written
 * @param source the whole as it was written, with the plugins of a single one made a list
 */
record NetworkList(
    String name,
    CniVersion version,
    boolean disableGc,
    List<JsonValue.Fields> plugins,
    JsonValue.Fields source) {
  NetworkList {
    plugins = List.copyOf(plugins);
  }

  /** The keys of a list beside its plugins. */
  private record Keys(
      String cniVersion,
      List<String> cniVersions,
      String name,
      boolean disableGC,
      boolean loadOnlyInlinedPlugins,
      String type) {}

  /** The name in a configuration; plugins may lie beside it in a directory of this name. */
  static String name(byte[] json) throws JsonException {
    String name = OciJson.read(json, Keys.class).name();
    if (!name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*")) {
      throw new IllegalArgumentException("network name '" + name + "': not allowed");
    }
    return name;
  }

  /**
   * Reads a list, or a single plugin as a list of one.
   *
   * @param beside plugins that lie beside the list, unless it says that it has all
   * @throws JsonException if it is malformed
   * @throws IllegalArgumentException if it is wrong, with the reason
   */
  static NetworkList read(byte[] json, List<JsonValue.Fields> beside) throws JsonException {
    Keys keys = OciJson.read(json, Keys.class);
    if (!(OciJson.readValue(json) instanceof JsonValue.Fields source)) {
      throw new IllegalArgumentException("expected an object");
    }
    String name = name(json);
    List<JsonValue.Fields> plugins = new ArrayList<>(plugins(source, keys));
    if (!keys.loadOnlyInlinedPlugins() && keys.type().isEmpty()) {
      plugins.addAll(beside);
    }
    if (plugins.isEmpty()) {
      throw new IllegalArgumentException("network '" + keys.name() + "': no plugins");
    }
    for (JsonValue.Fields plugin : plugins) {
      if (type(plugin).isEmpty()) {
        throw new IllegalArgumentException("network '" + keys.name() + "': plugin without a type");
      }
    }
    var whole =
        source
            .with("plugins", new JsonValue.Elements(List.copyOf(plugins)))
            .with("loadOnlyInlinedPlugins", new JsonValue.Truth(true));
    return new NetworkList(
        name, version(keys), keys.disableGC(), plugins, beside.isEmpty() ? source : whole);
  }

  private static List<JsonValue.Fields> plugins(JsonValue.Fields source, Keys keys) {
    if (source.get("plugins").orElse(null) instanceof JsonValue.Elements(List<JsonValue> list)) {
      List<JsonValue.Fields> plugins = new ArrayList<>();
      for (JsonValue plugin : list) {
        if (!(plugin instanceof JsonValue.Fields fields)) {
          throw new IllegalArgumentException("network '" + keys.name() + "': plugin is no object");
        }
        plugins.add(fields);
      }
      return plugins;
    }
    return keys.type().isEmpty() ? List.of() : List.of(source);
  }

  private static CniVersion version(Keys keys) {
    return Stream.concat(Stream.of(keys.cniVersion()), keys.cniVersions().stream())
        .map(CniVersion::supported)
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder())
        .orElseThrow(() ->
            new IllegalArgumentException(
                "network '%s': cniVersion '%s', supported are %s"
                    .formatted(keys.name(), keys.cniVersion(), CniVersion.SUPPORTED)));
  }

  /** The name of a plugin's program. */
  static String type(JsonValue.Fields plugin) {
    return plugin.get("type").orElse(null) instanceof JsonValue.Text(String type) ? type : "";
  }
}

package org.jcontainerd.daemon.registry;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.daemon.registry.RegistryEndpoint.Capability;
import org.jcontainerd.daemon.registry.RegistryEndpoint.ClientCertificate;
import org.jcontainerd.daemon.registry.RegistryEndpoint.Tls;

/**
 * One {@code hosts.toml} (containerd, docs/hosts.md). The {@code [host]} tables come first, in the
 * order of the file; the server, or the registry itself if none is named, comes last. Without the
 * file the certificates beside it count for the registry itself, as in Docker's layout.
 */
final class HostsFile {
  private static final Set<String> KEYS =
      Set.of(
          "server",
          "capabilities",
          "ca",
          "client",
          "skip_verify",
          "header",
          "override_path",
          "dial_timeout",
          "host");

  private final Path directory;
  private final Path file;
  private final String registry;

  private HostsFile(Path directory, String registry) {
    this.directory = directory;
    this.file = directory.resolve("hosts.toml");
    this.registry = registry;
  }

  static List<RegistryEndpoint> read(Path directory, String registry) throws IOException {
    return new HostsFile(directory, registry).endpoints();
  }

  private List<RegistryEndpoint> endpoints() throws IOException {
    JsonNode root;
    try {
      root = new TomlMapper().readTree(Files.readString(file));
    } catch (NoSuchFileException e) {
      return List.of(dockerLayout());
    } catch (JacksonException e) {
      throw new IOException("read '" + file + "': " + e.getOriginalMessage(), e);
    }
    var endpoints = new ArrayList<RegistryEndpoint>();
    for (var host : root.path("host").properties()) {
      endpoints.add(endpoint(host.getKey(), host.getValue(), true));
    }
    var server = root.path("server").asText("");
    endpoints.add(
        endpoint(
            server.isEmpty() ? RegistryEndpoint.ofRegistry(registry).authority() : server,
            root,
            false));
    return List.copyOf(endpoints);
  }

  /** {@code *.crt} are authorities, {@code *.cert} with {@code *.key} are client certificates. */
  private RegistryEndpoint dockerLayout() throws IOException {
    var authorities = new ArrayList<Path>();
    var clients = new ArrayList<ClientCertificate>();
    try (var files = Files.list(directory)) {
      for (var path : files.sorted().toList()) {
        var name = String.valueOf(path.getFileName());
        if (name.endsWith(".crt")) {
          authorities.add(path);
        } else if (name.endsWith(".cert")) {
          var key = path.resolveSibling(name.replaceAll("\\.cert$", ".key"));
          clients.add(new ClientCertificate(path, Optional.of(key)));
        }
      }
    }
    var plain = RegistryEndpoint.ofRegistry(registry);
    return new RegistryEndpoint(
        plain.base(),
        false,
        plain.capabilities(),
        new Tls(authorities, clients, false),
        Map.of(),
        RegistryEndpoint.DIAL_TIMEOUT);
  }

  private RegistryEndpoint endpoint(String url, JsonNode table, boolean mirror) throws IOException {
    for (var field : table.properties()) {
      if (!KEYS.contains(field.getKey())) {
        throw wrong("unknown key '" + field.getKey() + "'");
      }
    }
    return new RegistryEndpoint(
        base(url, table.path("override_path").asBoolean(false)),
        mirror,
        capabilities(table.path("capabilities")),
        tls(table),
        headers(table.path("header")),
        dialTimeout(table.path("dial_timeout").asText("")));
  }

  private URI base(String url, boolean overridePath) throws IOException {
    try {
      var withScheme = url.contains("://") ? url : RegistryEndpoint.scheme(url) + "://" + url;
      var uri = new URI(withScheme.replaceAll("/+$", ""));
      var scheme = String.valueOf(uri.getScheme());
      if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
        throw wrong("'" + url + "' is no http or https url");
      }
      var docker = uri.getHost().equals("docker.io") ? "https://registry-1.docker.io" : null;
      var text = docker != null ? docker + uri.getPath() : uri.toString();
      boolean complete = overridePath || String.valueOf(uri.getPath()).endsWith("/v2");
      return URI.create(complete ? text : text + "/v2");
    } catch (java.net.URISyntaxException e) {
      throw wrong("'" + url + "' is no url");
    }
  }

  private Set<Capability> capabilities(JsonNode node) throws IOException {
    if (node.isMissingNode()) {
      return EnumSet.allOf(Capability.class);
    }
    var found = EnumSet.noneOf(Capability.class);
    for (var name : node) {
      switch (name.asText("")) {
        case "pull" -> found.add(Capability.PULL);
        case "resolve" -> found.add(Capability.RESOLVE);
        case "push" -> found.add(Capability.PUSH);
        case "referrers" -> {
          // nothing here asks for referrers yet
        }
        case String other -> throw wrong("unknown capability '" + other + "'");
      }
    }
    return found;
  }

  private Tls tls(JsonNode table) {
    var authorities = new ArrayList<Path>();
    texts(table.path("ca")).forEach(name -> authorities.add(directory.resolve(name)));
    var clients = new ArrayList<ClientCertificate>();
    var client = table.path("client");
    if (client.isTextual()) {
      clients.add(new ClientCertificate(directory.resolve(client.asText("")), Optional.empty()));
    }
    for (var entry : client) {
      var names = texts(entry);
      if (!names.isEmpty()) {
        clients.add(
            new ClientCertificate(
                directory.resolve(names.getFirst()),
                names.stream().skip(1).findFirst().map(directory::resolve)));
      }
    }
    return new Tls(authorities, clients, table.path("skip_verify").asBoolean(false));
  }

  private static Map<String, List<String>> headers(JsonNode table) {
    var headers = new LinkedHashMap<String, List<String>>();
    for (var header : table.properties()) {
      headers.put(header.getKey(), texts(header.getValue()));
    }
    return headers;
  }

  /** A string, or the strings of an array. */
  private static List<String> texts(JsonNode node) {
    if (node.isTextual()) {
      return List.of(node.asText(""));
    }
    var all = new ArrayList<String>();
    node.forEach(element -> all.add(element.asText("")));
    return all;
  }

  /** As Go writes durations, of one unit: {@code 500ms}, {@code 10s}, {@code 2m}. */
  private Duration dialTimeout(String text) throws IOException {
    if (text.isEmpty()) {
      return RegistryEndpoint.DIAL_TIMEOUT;
    }
    try {
      return text.endsWith("ms")
          ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
          : Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    } catch (java.time.format.DateTimeParseException | NumberFormatException e) {
      throw wrong("dial_timeout '" + text + "' is no duration");
    }
  }

  private IOException wrong(String problem) {
    return new IOException("read '" + file + "': " + problem);
  }
}

package org.jcontainerd.cni;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import org.jcontainerd.linux.netns.NetworkNamespace;

/**
 * The run that the build makes the plugins' AOT cache from: the life of one attachment, in network
 * namespaces of its own where the machine lets us make some. A class that was not loaded here is
 * loaded from its jar, which costs a plugin some milliseconds.
 */
public final class Training {
  private static final String PORTMAP =
      """
      "type": "portmap", "capabilities": {"portMappings": true},
      "runtimeConfig": {"portMappings": [{"hostPort": 80, "containerPort": 80, "protocol": "tcp"}]}
      """;

  private static final String LOOPBACK = "\"type\": \"loopback\"";

  private final Path sandbox;

  private Training(Path sandbox) {
    this.sandbox = sandbox;
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("cni-training");
    Path host = directory.resolve("host");
    Path sandbox = directory.resolve("sandbox");
    try {
      NetworkNamespace.create(host);
      NetworkNamespace.create(sandbox);
      var _ =
          NetworkNamespace.call(
              host,
              () -> {
                new Training(sandbox).attachment(bridge(directory.resolve("ipam")));
                return host;
              });
    } catch (IOException e) {
      System.err.println("training: not through, so a smaller cache: " + e.getMessage());
    } finally {
      NetworkNamespace.delete(sandbox);
      NetworkNamespace.delete(host);
      try (var tree = Files.walk(directory)) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    System.exit(0);
  }

  private static String bridge(Path reservations) {
    return """
    "type": "bridge", "bridge": "training0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
    "ipam": {
      "type": "host-local", "dataDir": "%s", "routes": [{"dst": "0.0.0.0/0"}],
      "ranges": [[{"subnet": "198.18.0.0/24"}]]
    }
    """
        .formatted(reservations);
  }

  private void attachment(String bridge) throws IOException {
    String lo = call("loopback", "ADD", LOOPBACK);
    String eth0 = call("bridge", "ADD", bridge);
    String portmap = PORTMAP + ", \"prevResult\": " + eth0;
    var _ = call("portmap", "ADD", portmap);
    for (String verb : new String[] {"CHECK", "DEL"}) {
      var _ = call("portmap", verb, portmap);
      var _ = call("bridge", verb, bridge + ", \"prevResult\": " + eth0);
      var _ = call("loopback", verb, LOOPBACK + ", \"prevResult\": " + lo);
    }
    var _ = call("bridge", "VERSION", bridge);
  }

  private String call(String plugin, String verb, String config) throws IOException {
    Map<String, String> environment =
        Map.of(
            "CNI_COMMAND",
            verb,
            "CNI_CONTAINERID",
            "training",
            "CNI_NETNS",
            sandbox.toString(),
            "CNI_IFNAME",
            plugin.equals("loopback") ? "lo" : "eth0",
            "CNI_PATH",
            Path.of(System.getProperty("jcontainerd.home", ""), "cni").toString());
    String document = "{\"cniVersion\": \"1.0.0\", \"name\": \"training\", %s}".formatted(config);
    var answer = new ByteArrayOutputStream();
    int code =
        Main.run(
            plugin,
            environment,
            new ByteArrayInputStream(document.getBytes(UTF_8)),
            new PrintStream(answer, false, UTF_8));
    if (code != 0) {
      throw new IOException(plugin + " " + verb + ": " + answer.toString(UTF_8));
    }
    return answer.toString(UTF_8);
  }
}

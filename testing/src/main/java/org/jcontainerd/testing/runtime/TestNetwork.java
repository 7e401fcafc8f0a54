package org.jcontainerd.testing.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The network configuration that a runtime under test gets: a bridge of its own with masquerade and
 * host ports. The same file for every runtime, but for name and addresses.
 *
 * @param bridge name of the bridge, at most 15 bytes (IFNAMSIZ)
 * @param subnet IPv4 network in CIDR notation
 */
public record TestNetwork(String bridge, String subnet) {
  /** Of jcontainerd under test. */
  public static final TestNetwork OURS = new TestNetwork("jctest0", "10.201.0.0/16");

  /** Of the peer, so that both can run side by side. */
  public static final TestNetwork PEER = new TestNetwork("jcpeer0", "10.202.0.0/16");

  /** Deletes the bridge, which outlives its pods by CNI's custom. */
  void delete() throws IOException {
    if (Files.exists(Path.of("/sys/class/net", bridge))) {
      var ip = new ProcessBuilder("ip", "link", "delete", bridge).inheritIO().start();
      int code = ip.onExit().join().exitValue();
      if (code != 0) {
        throw new IOException("ip link delete '" + bridge + "': exit code " + code);
      }
    }
  }

  /**
   * Writes the configuration list into {@code confDir}; addresses are kept under {@code dataDir}.
   */
  void write(Path confDir, Path dataDir) throws IOException {
    Files.createDirectories(confDir);
    Files.writeString(
        confDir.resolve("10-test.conflist"),
        """
        {
          "cniVersion": "1.0.0",
          "name": "%1$s",
          "plugins": [
            {
              "type": "bridge",
              "bridge": "%1$s",
              "isGateway": true,
              "ipMasq": true,
              "hairpinMode": true,
              "ipam": {
                "type": "host-local",
                "dataDir": "%3$s",
                "ranges": [[{"subnet": "%2$s"}]],
                "routes": [{"dst": "0.0.0.0/0"}]
              }
            },
            {"type": "portmap", "capabilities": {"portMappings": true}}
          ]
        }
        """
            .formatted(bridge, subnet, dataDir));
  }
}

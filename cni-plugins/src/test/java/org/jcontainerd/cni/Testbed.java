package org.jcontainerd.cni;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.linux.netlink.AddressRequests;
import org.jcontainerd.linux.netlink.IpPrefix;
import org.jcontainerd.linux.netlink.Link;
import org.jcontainerd.linux.netlink.LinkRequests;
import org.jcontainerd.linux.netlink.LinkTarget;
import org.jcontainerd.linux.netlink.Links;
import org.jcontainerd.linux.netlink.MacAddress;
import org.jcontainerd.linux.netlink.NetlinkProtocol;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.linux.netlink.VethPair;
import org.jcontainerd.linux.netns.NamespaceFile;
import org.jcontainerd.linux.netns.NetworkNamespace;
import org.jcontainerd.oci.cni.CniResult;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/**
 * A host of its own: a network namespace that plugins take for the host's, and sandboxes beside it.
 * All of it goes when it is closed, so that nothing of a test can reach the machine's network.
 */
public final class Testbed implements AutoCloseable {
  private final Path directory;
  private final Path host;
  private final CniHost cniHost;
  private final Path plugins;
  private final List<Path> pins = new ArrayList<>();
  private boolean sandboxEnds;

  private Testbed(Path directory) throws IOException {
    this.directory = directory;
    this.host = sandbox("host");
    this.cniHost = new CniHost(Optional.of(host));
    this.plugins = makePlugins(directory.resolve("bin"));
  }

  /** Makes the host under a temporary directory. */
  public static Testbed in(Path directory) throws IOException {
    return new Testbed(directory);
  }

  /** A new network namespace. */
  public Path sandbox(String name) throws IOException {
    Path pin = directory.resolve("netns-" + name);
    NetworkNamespace.create(pin);
    pins.add(pin);
    return pin;
  }

  /**
   * A machine beside the host, connected to it by one cable; it knows no other network.
   *
   * @param near the host's address, with the length of the network
   * @param far the machine's
   */
  public Path outside(String near, String far) throws IOException {
    Path outside = sandbox("outside");
    var random = new SecureRandom();
    try (var nearSocket = NetlinkSocket.openIn(host, NetlinkProtocol.ROUTE);
        var farSocket = NetlinkSocket.openIn(outside, NetlinkProtocol.ROUTE);
        var netns = NamespaceFile.open(outside).orElseThrow()) {
      nearSocket.execute(
          LinkRequests.createVeth(
              new VethPair(
                  new VethPair.End("uplink", MacAddress.random(random)),
                  new VethPair.End("net0", MacAddress.random(random)),
                  netns,
                  Optional.empty(),
                  Optional.empty())));
      address(nearSocket, "uplink", near);
      address(farSocket, "net0", far);
      farSocket.execute(LinkRequests.change(LinkTarget.named("net0")).up().request());
    }
    return outside;
  }

  /** Gives a link an address. */
  public static void address(NetlinkSocket socket, String link, String address) throws IOException {
    socket.execute(
        AddressRequests.add(
            Links.get(socket, LinkTarget.named(link)).index(),
            IpPrefix.parse(address),
            Set.of(AddressRequests.Option.NO_DUPLICATE_DETECTION)));
  }

  /** The host's namespace. */
  public Path host() {
    return host;
  }

  /** The directory of reservations. */
  public Path data() {
    return directory.resolve("networks");
  }

  /** From now on DEL is told that the sandbox ends. */
  public void sandboxEnds() {
    sandboxEnds = true;
  }

  /** A request as the daemon makes it. */
  public CniRequest request(CniVerb verb, String id, Optional<Path> netns, String config) {
    try {
      return new CniRequest(
          verb,
          id,
          netns,
          "eth0",
          "",
          List.of(plugins),
          (JsonValue.Fields) OciJson.readValue(config.getBytes(StandardCharsets.UTF_8)),
          cniHost,
          sandboxEnds);
    } catch (IOException e) {
      throw new IllegalArgumentException(config, e);
    }
  }

  /** A directory in which every plugin of ours is found, to be called in this process. */
  private static Path makePlugins(Path plugins) throws IOException {
    Files.createDirectories(plugins);
    Files.createFile(plugins.resolve(PluginDirectories.MARKER));
    for (String name : List.of("bridge", "host-local", "loopback", "portmap")) {
      Files.createFile(plugins.resolve(name));
    }
    return plugins;
  }

  /** The same configuration with the result of ADD, as for DEL and CHECK. */
  public static String withPrevious(String config, CniResult result) {
    try {
      var fields = (JsonValue.Fields) OciJson.readValue(config.getBytes(StandardCharsets.UTF_8));
      return new String(
          OciJson.write(fields.with("prevResult", OciJson.readValue(OciJson.write(result)))),
          StandardCharsets.UTF_8);
    } catch (JsonException e) {
      throw new IllegalArgumentException(config, e);
    }
  }

  /** The links of a namespace. */
  public static List<Link> links(Path netns) throws IOException {
    try (var socket = NetlinkSocket.openIn(netns, NetlinkProtocol.ROUTE)) {
      return Links.list(socket);
    }
  }

  /** The host's packet rules as nft lists them, "" if there are none. */
  public String ruleset() throws IOException {
    return nft("list", "ruleset");
  }

  /** Runs nft on the host's packet rules; its output. */
  public String nft(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("nsenter", "--net=" + host, "nft"));
    command.addAll(List.of(arguments));
    Process nft =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (nft.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": exit code " + nft.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(String.join(" ", command) + ": interrupted", e);
    }
    return output;
  }

  /** Removes a sandbox. */
  public void remove(Path pin) throws IOException {
    NetworkNamespace.delete(pin);
    pins.remove(pin);
  }

  @Override
  public void close() throws IOException {
    cniHost.close();
    for (Path pin : List.copyOf(pins)) {
      NetworkNamespace.delete(pin);
    }
  }
}

package org.jcontainerd.daemon.registry;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One place where a registry's content may be had: the registry itself or a mirror. Immutable.
 *
 * @param base scheme, host, port and the path before the repository, without a slash at the end;
 *     usually ends with "/v2"
 * @param mirror whether the registry's own name goes along as {@code ns} (distribution-spec,
 *     "Registry Proxying")
 * @param headers sent with every request to this endpoint
 */
public record RegistryEndpoint(
    URI base,
    boolean mirror,
    Set<Capability> capabilities,
    Tls tls,
    Map<String, List<String>> headers,
    Duration dialTimeout) {
  public static final Duration DIAL_TIMEOUT = Duration.ofSeconds(30);

  public RegistryEndpoint {
    capabilities = Set.copyOf(capabilities);
    headers = Map.copyOf(headers);
  }

  /** What an endpoint is used for. */
  public enum Capability {
    PULL,
    RESOLVE,
    PUSH
  }

  /**
   * How to trust the endpoint.
   *
   * @param authorities PEM files that are trusted in addition to the system's
   * @param clientCertificates PEM files of certificate and key
   * @param skipVerify trust anything
   */
  public record Tls(
      List<Path> authorities, List<ClientCertificate> clientCertificates, boolean skipVerify) {
    public static final Tls SYSTEM = new Tls(List.of(), List.of(), false);

    public Tls {
      authorities = List.copyOf(authorities);
      clientCertificates = List.copyOf(clientCertificates);
    }
  }

  /**
   * @param key empty if the certificate's file holds it too
   */
  public record ClientCertificate(Path certificate, Optional<Path> key) {}

  /** The registry itself, as its name says: TLS, or plain HTTP for this machine. */
  public static RegistryEndpoint ofRegistry(String registry) {
    var host = registry.equals("docker.io") ? "registry-1.docker.io" : registry;
    return new RegistryEndpoint(
        URI.create(scheme(host) + "://" + host + "/v2"),
        false,
        Set.of(Capability.values()),
        Tls.SYSTEM,
        Map.of(),
        DIAL_TIMEOUT);
  }

  /**
   * Plain HTTP for a loopback host, as in containerd: nobody can listen in, and test registries
   * have no certificates. Not on port 443.
   */
  static String scheme(String hostAndPort) {
    var authority = URI.create("x://" + hostAndPort);
    var host = String.valueOf(authority.getHost());
    boolean loopback = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    return loopback && authority.getPort() != 443 ? "http" : "https";
  }

  boolean can(Capability capability) {
    return capabilities.contains(capability);
  }

  /** Host and port, for messages. */
  String authority() {
    return base.getScheme() + "://" + base.getAuthority();
  }
}

package org.jcontainerd.daemon.registry;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.distribution.ImageName;

/** Client of registries. Thread-safe. */
public final class RegistryClient implements AutoCloseable {
  private final HttpTransport http;
  private final RegistryHosts hosts;

  public RegistryClient(HttpTransport http, RegistryHosts hosts) {
    this.http = http;
    this.hosts = hosts;
  }

  /**
   * Starts to work with one repository as one caller.
   *
   * @throws IOException if the configuration of the registry's hosts cannot be read
   */
  public RegistrySession open(ImageName name, Optional<RegistryAuth> auth) throws IOException {
    List<RegistryEndpoint> endpoints = hosts.of(name.registry());
    return new RegistrySession(http, name, endpoints, auth);
  }

  @Override
  public void close() {
    http.close();
  }
}

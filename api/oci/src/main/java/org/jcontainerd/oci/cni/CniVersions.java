package org.jcontainerd.oci.cni;

import java.util.List;

/** What VERSION answers. Immutable. */
public record CniVersions(String cniVersion, List<String> supportedVersions) {
  public CniVersions {
    supportedVersions = List.copyOf(supportedVersions);
  }
}

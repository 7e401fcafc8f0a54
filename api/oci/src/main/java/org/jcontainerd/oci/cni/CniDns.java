package org.jcontainerd.oci.cni;

import java.util.List;

/** Name service of a network. Immutable. */
public record CniDns(
    List<String> nameservers, String domain, List<String> search, List<String> options) {
  /** Nothing said. */
  public static final CniDns NONE = new CniDns(List.of(), "", List.of(), List.of());

  public CniDns {
    nameservers = List.copyOf(nameservers);
    search = List.copyOf(search);
    options = List.copyOf(options);
  }

  /** Whether nothing is said. */
  public boolean isEmpty() {
    return equals(NONE);
  }
}

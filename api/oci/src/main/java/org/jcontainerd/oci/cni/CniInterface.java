package org.jcontainerd.oci.cni;

/**
 * An interface that an attachment made or uses. Immutable.
 *
 * @param mac hardware address, "" if it has none
 * @param mtu largest packet in bytes, 0 if unsaid
 * @param sandbox path of the network namespace, "" for the host's
 * @param socketPath socket file of the interface, "" if none
 * @param pciID PCI device, "" if none
 */
public record CniInterface(
    String name, String mac, long mtu, String sandbox, String socketPath, String pciID) {
  /** An interface of the host, or of a sandbox if its path is not "". */
  public static CniInterface of(String name, String mac, String sandbox) {
    return new CniInterface(name, mac, 0, sandbox, "", "");
  }
}

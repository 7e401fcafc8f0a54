package org.jcontainerd.cni;

import java.util.Optional;
import org.jcontainerd.oci.cni.CniResult;

/** How a contract's plugins are called: in this process, or as programs from a directory. */
interface PluginCaller {
  Optional<CniResult> call(String type, CniRequest request) throws CniFailure;

  /**
   * Whether the plugins speak version 1.1.0, with GC and STATUS. Those that do not are the
   * reference's 1.1.1, which has two faults that the contract knows: CHECK of portmap looks for
   * IPv6 chains that ADD of an IPv4 address never makes; and DEL after an ADD that got as far as an
   * address fails where {@code iptables} is the nf_tables one, whose words for a missing chain it
   * does not know.
   */
  boolean speaksNewest();
}

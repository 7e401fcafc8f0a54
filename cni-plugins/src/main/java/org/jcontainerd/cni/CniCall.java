package org.jcontainerd.cni;

import java.util.Optional;
import org.jcontainerd.oci.cni.CniResult;

/** A plugin that was found, ready to be called: in this process or as a program. */
@FunctionalInterface
public interface CniCall {
  /**
   * Calls it; call from a platform thread.
   *
   * @return the result of ADD; empty for the other verbs
   */
  Optional<CniResult> call(CniRequest request) throws CniFailure;
}

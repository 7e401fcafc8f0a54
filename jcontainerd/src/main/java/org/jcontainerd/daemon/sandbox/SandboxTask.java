package org.jcontainerd.daemon.sandbox;

import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.shim.ShimFailure;

/** Ends and removes the process that holds a pod's namespaces. */
public record SandboxTask(Shim shim) {
  private static final int SIGKILL = 9;

  /** Nothing there is success. */
  public void remove(String id) throws ShimFailure {
    try {
      shim.kill(id, "", SIGKILL, true);
      var _ = shim.await(id, "");
    } catch (ShimFailure.NotFound | ShimFailure.FailedPrecondition e) {
      // ended, and maybe removed, before
    }
    var _ = shim.delete(id, "");
  }
}

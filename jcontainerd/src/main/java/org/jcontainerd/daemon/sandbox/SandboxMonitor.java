package org.jcontainerd.daemon.sandbox;

import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.shim.ExitWaiter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when the process that holds a pod's namespaces ends: the pod is NotReady from then on.
 * One virtual thread per pod. Thread-safe.
 */
public final class SandboxMonitor {
  private static final Logger log = LoggerFactory.getLogger(SandboxMonitor.class);

  private final Registry<Sandbox> sandboxes;
  private final ExitWaiter waiter;

  public SandboxMonitor(Registry<Sandbox> sandboxes, ExitWaiter waiter) {
    this.sandboxes = sandboxes;
    this.waiter = waiter;
  }

  /** Begins to watch a pod that is Ready. */
  public void watch(String id) {
    waiter.onExit(id, exit -> lost(id));
  }

  private void lost(String id) throws Exception {
    try {
      sandboxes.run(
          id,
          () -> {
            boolean wasReady = sandboxes.find(id).map(Sandbox::ready).orElse(false);
            sandboxes.update(id, s -> s.after(new SandboxState.Event.Lost("its process ended")));
            if (wasReady) { // else it was us
              log.atWarn().addKeyValue("pod", id).log("pod lost its process");
            }
          });
    } catch (DaemonFailure.NotFound e) {
      // removed meanwhile
    }
  }
}

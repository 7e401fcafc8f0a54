package org.jcontainerd.daemon.pod;

import java.nio.file.Path;
import org.jcontainerd.daemon.concurrent.Fanout;
import org.jcontainerd.daemon.concurrent.Teardown;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.StopContainer;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.RunSandbox;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.sandbox.SandboxState;
import org.jcontainerd.daemon.sandbox.SandboxTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends everything of a pod and releases its network. Idempotent (CRI: StopPodSandbox may be called
 * any number of times, also for pods that are gone). Thread-safe.
 */
public final class StopSandbox {
  private static final Logger log = LoggerFactory.getLogger(StopSandbox.class);

  private final Registry<Sandbox> sandboxes;
  private final Registry<Container> containers;
  private final StopContainer stopContainer;
  private final RunSandbox.Parts parts;

  public StopSandbox(
      Registry<Sandbox> sandboxes,
      Registry<Container> containers,
      StopContainer stopContainer,
      RunSandbox.Parts parts) {
    this.sandboxes = sandboxes;
    this.containers = containers;
    this.stopContainer = stopContainer;
    this.parts = parts;
  }

  /** Stops the pod {@code id}, if there is one. */
  public void stop(String id) throws Exception {
    sandboxes.run(
        id,
        () -> {
          Sandbox sandbox = sandboxes.find(id).orElse(null);
          if (sandbox == null || sandbox.state() instanceof SandboxState.Stopped) {
            return;
          }
          // from here on no container can be made or started in it
          sandboxes.update(id, s -> s.after(new SandboxState.Event.Lost("stopped by request")));
          killContainers(id);
          release(sandbox);
          sandboxes.update(id, s -> s.after(new SandboxState.Event.Released()));
          log.atInfo().addKeyValue("pod", id).log("pod stopped");
        });
  }

  private void killContainers(String id) throws Exception {
    var fanout = new Fanout("stop pod");
    for (Container each : containers.all()) {
      if (each.sandboxId().equals(id) && each.running().isPresent()) {
        var _ =
            fanout.fork(
                each.id(),
                () -> {
                  stopContainer.kill(each.id());
                  return each;
                });
      }
    }
    fanout.join();
  }

  /** The process and the network have nothing to do with each other: side by side. */
  private void release(Sandbox sandbox) throws Exception {
    String id = sandbox.id();
    Path netns = parts.layout().netns(id);
    var teardown = new Teardown("stop pod sandbox '" + id + "'");
    var fanout = new Fanout("stop pod");
    var _ =
        fanout.fork(
            "task",
            () -> {
              new SandboxTask(parts.shim()).remove(id);
              return id;
            });
    if (!sandbox.hostNetwork()) {
      var _ =
          fanout.fork(
              "network",
              () -> {
                parts.networks().detach(sandbox, netns);
                return id;
              });
    }
    teardown.step("end process and network", fanout::join);
    teardown.step("delete netns", () -> parts.kernel().deleteNetns(netns));
    teardown.step("unmount shm", () -> parts.files().unmount(id));
    teardown.finish();
  }
}

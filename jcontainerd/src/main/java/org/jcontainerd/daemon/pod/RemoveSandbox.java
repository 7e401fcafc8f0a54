package org.jcontainerd.daemon.pod;

import java.nio.file.Path;
import org.jcontainerd.daemon.concurrent.Teardown;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.RemoveContainer;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.RunSandbox;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.sandbox.SandboxFiles;
import org.jcontainerd.daemon.trace.Timelines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes a pod with its containers, running or not. Idempotent. Thread-safe. */
public final class RemoveSandbox {
  private static final Logger log = LoggerFactory.getLogger(RemoveSandbox.class);

  private final Registry<Sandbox> sandboxes;
  private final Registry<Container> containers;
  private final StopSandbox stop;
  private final RemoveContainer removeContainer;
  private final SandboxFiles files;
  private final Layout layout;
  private final Timelines timelines;

  public RemoveSandbox(
      Registry<Sandbox> sandboxes,
      Registry<Container> containers,
      StopSandbox stop,
      RemoveContainer removeContainer,
      RunSandbox.Parts parts) {
    this.sandboxes = sandboxes;
    this.containers = containers;
    this.stop = stop;
    this.removeContainer = removeContainer;
    this.files = parts.files();
    this.layout = parts.layout();
    this.timelines = parts.timelines();
  }

  /** Removes the pod {@code id}, if there is one. */
  public void remove(String id) throws Exception {
    sandboxes.run(
        id,
        () -> {
          if (sandboxes.find(id).isEmpty()) {
            return;
          }
          stop.stop(id);
          removeContainers(id);
          Path bundle = layout.bundle(id);
          var teardown = new Teardown("remove pod sandbox '" + id + "'");
          teardown.step("remove files", () -> files.remove(id));
          teardown.step("remove bundle", () -> Layout.removeTree(bundle));
          teardown.finish();
          sandboxes.delete(id);
          timelines.forget(id);
          log.atInfo().addKeyValue("pod", id).log("pod removed");
        });
  }

  private void removeContainers(String id) throws Exception {
    var teardown = new Teardown("remove pod sandbox '" + id + "'");
    for (Container each : containers.all()) {
      if (each.sandboxId().equals(id)) {
        teardown.step("container '" + each.id() + "'", () -> removeContainer.remove(each.id()));
      }
    }
    teardown.finish();
  }
}

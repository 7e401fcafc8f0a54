package org.jcontainerd.daemon.recovery;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.jcontainerd.api.shim.v1.TaskInfo;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.ContainerExits;
import org.jcontainerd.daemon.container.ContainerState;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.sandbox.SandboxMonitor;
import org.jcontainerd.daemon.sandbox.SandboxState;
import org.jcontainerd.daemon.shim.Shim;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the daemon does first: compares its records with what there is, adopts what lives, records
 * what ended meanwhile, then has {@link Orphans} removed. Runs before anything is served, on the
 * starting thread.
 */
public final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private static final int CREATED = 1; // containerd.v1.types.Status
  private static final int RUNNING = 2;

  private final Registry<Sandbox> sandboxes;
  private final Registry<Container> containers;
  private final Shim shim;
  private final SandboxMonitor monitor;
  private final ContainerExits exits;
  private final Orphans orphans;
  private final Clock clock;

  public Recovery(
      Registry<Sandbox> sandboxes,
      Registry<Container> containers,
      Shim shim,
      SandboxMonitor monitor,
      ContainerExits exits,
      Orphans orphans,
      Clock clock) {
    this.sandboxes = sandboxes;
    this.containers = containers;
    this.shim = shim;
    this.monitor = monitor;
    this.exits = exits;
    this.orphans = orphans;
    this.clock = clock;
  }

  /** Runs it; what cannot be removed is logged and left for the next start. */
  public void run() throws Exception {
    Map<String, TaskInfo> tasks = new HashMap<>();
    for (TaskInfo task : shim.tasks()) {
      tasks.put(task.getId(), task);
    }
    for (Sandbox each : sandboxes.all()) {
      adopt(each, tasks);
    }
    for (Container each : containers.all()) {
      adopt(each, tasks);
    }
    orphans.remove(tasks.keySet());
    log.atInfo()
        .addKeyValue("pods", sandboxes.all().size())
        .addKeyValue("containers", containers.all().size())
        .addKeyValue("tasks", tasks.size())
        .log("state recovered");
  }

  private void adopt(Sandbox sandbox, Map<String, TaskInfo> tasks) throws Exception {
    switch (sandbox.state()) {
      case SandboxState.Ready _ -> {
        if (alive(tasks, sandbox.id())) {
          monitor.watch(sandbox.id());
          return;
        }
        var lost = new SandboxState.Event.Lost("its process ended while the daemon was away");
        sandboxes.update(sandbox.id(), s -> s.after(lost));
        log.atWarn().addKeyValue("pod", sandbox.id()).log("pod lost its process");
      }
      case SandboxState.NotReady _, SandboxState.Stopped _ -> {} // the client stops or removes it
    }
  }

  private void adopt(Container container, Map<String, TaskInfo> tasks) throws Exception {
    String id = container.id();
    TaskInfo task = tasks.get(id);
    switch (container.state()) {
      // whatever has become of it: waiting tells, also if it ended or is unknown
      case ContainerState.Running _ -> exits.watch(id);
      case ContainerState.Created _ -> {
        if (task != null) { // started, and the daemon ended before it could write so
          long pid = Integer.toUnsignedLong(task.getPid());
          containers.update(
              id, c -> c.after(new ContainerState.Event.Started(pid, clock.instant())));
          exits.watch(id);
        }
      }
      case ContainerState.Exited _ -> {
        if (task != null) {
          var _ = shim.delete(id, "");
        }
      }
    }
  }

  private static boolean alive(Map<String, TaskInfo> tasks, String id) {
    TaskInfo task = tasks.get(id);
    return task != null && (task.getStatus() == RUNNING || task.getStatus() == CREATED);
  }
}

package org.jcontainerd.jshim.service;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Executor;
import org.jcontainerd.api.containerd.events.TaskExit;
import org.jcontainerd.jrunc.keeper.ExitRecord;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.jrunc.launch.ProcessExit;
import org.jcontainerd.jshim.ShimLog;
import org.jcontainerd.jshim.event.TaskEvents;
import org.jcontainerd.jshim.task.Exit;
import org.jcontainerd.jshim.task.IllegalTransition;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.jshim.task.TaskEvent;
import org.jcontainerd.jshim.task.TaskProcess;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.cgroup.CgroupStats;
import org.jcontainerd.linux.cgroup.MemoryStats;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.process.PidFd;

/**
 * Brings exits from keepers to processes: each is reported once, after the process's last output.
 */
public final class ExitTracker {
  private static final Executor VIRTUAL =
      task -> {
        var _ = Thread.ofVirtual().name("exit").start(task);
      };

  private final KernelWaiter waiter;
  private final CgroupLayout cgroups;
  private final TaskEvents events;
  private final ShimLog log;

  public ExitTracker(KernelWaiter waiter, CgroupLayout cgroups, TaskEvents events, ShimLog log) {
    this.waiter = waiter;
    this.cgroups = cgroups;
    this.events = events;
    this.log = log;
  }

  /** Waits for the exit of a process whose keeper is connected. Returns at once. */
  public void track(Task task, String execId, TaskProcess process, KeeperClient keeper) {
    var _ =
        keeper
            .exited()
            .whenCompleteAsync(
                (exit, lost) -> {
                  if (lost == null) {
                    exited(task, execId, process, exit.status().shellCode(), exit.at());
                  } else {
                    keeperLost(task, execId, process);
                  }
                },
                VIRTUAL);
  }

  /** Waits for the end of a process whose keeper was killed. Returns at once. */
  public void trackOrphan(Task task, String execId, TaskProcess process) {
    VIRTUAL.execute(() -> keeperLost(task, execId, process));
  }

  /**
   * The keeper is gone without a word: killed, or closed by us after the exit. Its record may
   * exist; if not, nobody can see the exit any more, only that the process is there no longer.
   */
  private void keeperLost(Task task, String execId, TaskProcess process) {
    if (process.state().ended().isPresent()) {
      return;
    }
    try {
      var directory = execId.isEmpty() ? task.bundle().init() : task.bundle().exec(execId);
      var recorded = ExitRecord.read(directory);
      if (recorded.isPresent()) {
        ProcessExit exit = recorded.get();
        exited(task, execId, process, exit.status().shellCode(), exit.at());
        return;
      }
      log.warn("keeper of a running process is gone", new IOException(directory.toString()));
      awaitEnd(process.state().pid());
    } catch (IOException e) {
      log.error("watch process " + process.state().pid(), e);
    }
    exited(task, execId, process, Exit.UNSEEN, Instant.now());
  }

  private void awaitEnd(int pid) throws IOException {
    try (var process = PidFd.open(pid)) {
      var _ = waiter.whenExited(process).join();
    } catch (LinuxException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }

  /** Called with an exit that may have happened long ago, before this shim was started. */
  public void exited(Task task, String execId, TaskProcess process, int code, Instant at) {
    process.turn().lock();
    try {
      if (process.state().ended().isPresent()) {
        return;
      }
      settle(process);
      var exit = new Exit(code, at, execId.isEmpty() && oomKilled(task));
      process.apply(new TaskEvent.Exited(exit));
      events.publish(task.id().namespace(), "/tasks/exit", event(task, execId, process, exit));
    } catch (IllegalTransition e) {
      log.error("exit of task '" + task.id() + "' '" + execId + "'", e);
    } finally {
      process.turn().unlock();
    }
  }

  private static TaskExit event(Task task, String execId, TaskProcess process, Exit exit) {
    return TaskExit.newBuilder()
        .setContainerId(task.id().id())
        .setId(execId.isEmpty() ? task.id().id() : execId)
        .setPid(process.state().pid())
        .setExitStatus(exit.code())
        .setExitedAt(Wire.time(exit.at()))
        .build();
  }

  private void settle(TaskProcess process) {
    var running = process.running();
    if (running.isPresent()) {
      try {
        var _ = running.get().io().settle();
      } catch (IOException e) {
        log.error("last output of process " + process.state().pid(), e);
      }
    }
  }

  /** Whether the kernel has killed something in the task's cgroup: its counter starts at 0. */
  private boolean oomKilled(Task task) {
    if (task.cgroup().isEmpty()) {
      return false;
    }
    try {
      return CgroupStats.memory(cgroups, task.cgroup())
          .map(MemoryStats::oomKills)
          .map(kills -> kills.orElse(0) > 0)
          .orElse(false);
    } catch (LinuxException e) {
      log.warn("oom counter of task '" + task.id() + "'", e);
      return false;
    }
  }
}

package org.jcontainerd.jshim.task;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jcontainerd.jshim.stdio.IoLoop;

/** A container: its init process and its execs. Thread-safe. */
public final class Task {

  /**
   * What does not change in a task's life.
   *
   * @param loop moves the streams of all its processes
   * @param cgroup path below the hierarchies' mounts, for numbers; "" if the process has none of
   *     its own
   */
  public record Fixed(
      TaskId id,
      Bundle bundle,
      ContainerRuntime runtime,
      IoLoop loop,
      TaskRecord record,
      String cgroup) {}

  private final Fixed fixed;
  private final TaskProcess init;
  private final Map<String, Exec> execs = new ConcurrentHashMap<>();

  public Task(Fixed fixed, TaskProcess init) {
    this.fixed = fixed;
    this.init = init;
  }

  public TaskId id() {
    return fixed.id();
  }

  public Bundle bundle() {
    return fixed.bundle();
  }

  public ContainerRuntime runtime() {
    return fixed.runtime();
  }

  public IoLoop loop() {
    return fixed.loop();
  }

  public TaskRecord record() {
    return fixed.record();
  }

  public String cgroup() {
    return fixed.cgroup();
  }

  public TaskProcess init() {
    return init;
  }

  /**
   * @throws ShimFailure.AlreadyExists if the id is taken
   */
  public void add(Exec exec) throws ShimFailure {
    if (execs.putIfAbsent(exec.id(), exec) != null) {
      throw new ShimFailure.AlreadyExists(
          "exec '" + exec.id() + "' exists already in task '" + id().id() + "'");
    }
  }

  public void remove(Exec exec) {
    execs.remove(exec.id(), exec);
  }

  /**
   * @throws ShimFailure.NotFound if there is none
   */
  public Exec exec(String execId) throws ShimFailure {
    var exec = execs.get(execId);
    if (exec == null) {
      throw ShimFailure.NotFound.exec(id(), execId);
    }
    return exec;
  }

  public List<Exec> execs() {
    return List.copyOf(execs.values());
  }

  /** The init process, or that of an exec if {@code execId} is not empty. */
  public TaskProcess process(String execId) throws ShimFailure {
    return execId.isEmpty() ? init : exec(execId).process();
  }
}

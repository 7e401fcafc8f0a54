package org.jcontainerd.jshim.task;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All tasks of this shim. Thread-safe. */
public final class Tasks {
  private final Map<TaskId, Task> byId = new ConcurrentHashMap<>();

  /**
   * @throws ShimFailure.AlreadyExists if the id is taken
   */
  public void add(Task task) throws ShimFailure {
    if (byId.putIfAbsent(task.id(), task) != null) {
      throw new ShimFailure.AlreadyExists("task '" + task.id().id() + "' exists already");
    }
  }

  /**
   * @throws ShimFailure.NotFound if there is none
   */
  public Task get(TaskId id) throws ShimFailure {
    var task = byId.get(id);
    if (task == null) {
      throw ShimFailure.NotFound.task(id);
    }
    return task;
  }

  public void remove(Task task) {
    byId.remove(task.id(), task);
  }

  /** The tasks of a namespace at this moment. */
  public List<Task> in(String namespace) {
    return byId.values().stream().filter(task -> task.id().namespace().equals(namespace)).toList();
  }

  public boolean isEmpty() {
    return byId.isEmpty();
  }
}

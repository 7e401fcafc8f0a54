package org.jcontainerd.jshim.event;

import com.google.protobuf.Message;

/**
 * Takes what happened to tasks, in order: create before start before exit before delete; for execs
 * exec-added, exec-started, exit. Returns at once. Thread-safe.
 */
@FunctionalInterface
public interface TaskEvents {
  /** Nobody listens: our own daemon learns exits by Wait. */
  TaskEvents NONE = (_, _, _) -> {};

  /**
   * @param topic as containerd names it, {@code /tasks/exit}
   */
  void publish(String namespace, String topic, Message event);
}

package org.jcontainerd.daemon.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The networks of pods, as the pod operations need them. Thread-safe. */
public interface PodNetworks {
  /** Why pods cannot get a network now; empty if they can. */
  Optional<String> unready();

  /**
   * Connects the pod; may half-succeed, then {@link #detach} takes it back.
   *
   * @return its addresses, the primary one first
   */
  List<String> attach(Sandbox sandbox, Path netns) throws Exception;

  /** Disconnects; nothing to do is success, and the namespace may be gone. */
  void detach(Sandbox sandbox, Path netns) throws Exception;

  /** Releases what belongs to pods that are not among these. */
  void collect(Set<String> sandboxIds) throws Exception;
}

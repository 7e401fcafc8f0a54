package org.jcontainerd.jshim.task;

import java.util.List;
import org.jcontainerd.jrunc.CreateRequest;
import org.jcontainerd.jrunc.ExecRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.oci.runtime.Resources;

/** The OCI runtime with one state directory, as tasks use it. Thread-safe. */
public interface ContainerRuntime {
  /** Prepares the container; its process waits. */
  StartedProcess create(CreateRequest request) throws RuncFailure;

  /** Lets the process run. */
  void start(String id) throws RuncFailure;

  StartedProcess exec(ExecRequest request) throws RuncFailure;

  /**
   * @param all whether every process of the container gets the signal
   */
  void kill(String id, Signal signal, boolean all) throws RuncFailure;

  /** Removes what create made. @throws RuncFailure.NotFound if there is nothing */
  void delete(String id, boolean force) throws RuncFailure;

  List<Integer> pids(String id) throws RuncFailure;

  void update(String id, Resources resources) throws RuncFailure;

  void pause(String id) throws RuncFailure;

  void resume(String id) throws RuncFailure;

  /** Whether the container is paused. */
  boolean isPaused(String id) throws RuncFailure;
}

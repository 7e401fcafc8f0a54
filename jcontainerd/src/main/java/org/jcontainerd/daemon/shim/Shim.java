package org.jcontainerd.daemon.shim;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.api.containerd.task.v3.CreateTaskRequest;
import org.jcontainerd.api.containerd.task.v3.ExecProcessRequest;
import org.jcontainerd.api.shim.v1.ExecSyncResponse;
import org.jcontainerd.api.shim.v1.TaskInfo;

/**
 * The process that runs containers, seen from the daemon. Thread-safe. It may die at any moment
 * without harm to the containers: calls that can be repeated are, with its successor.
 *
 * <p>Every call throws {@link ShimFailure}.
 */
public interface Shim {
  /**
   * Makes a task; with {@code TaskOptions.start} it runs when this returns.
   *
   * @return pid of the init process
   */
  long create(CreateTaskRequest request) throws ShimFailure;

  /** Adds a process to a task; {@link #start} lets it run. */
  void exec(ExecProcessRequest request) throws ShimFailure;

  /**
   * Starts a task, or the process {@code execId} of one.
   *
   * @param execId "" for the task itself
   * @return its pid
   */
  long start(String id, String execId) throws ShimFailure;

  /**
   * Sends a signal.
   *
   * @param all to every process of the task
   * @throws ShimFailure.NotFound if there is no such process any more
   */
  void kill(String id, String execId, int signal, boolean all) throws ShimFailure;

  /** Waits for the end, however long; goes on with the next shim if this one dies. */
  TaskExit await(String id, String execId) throws ShimFailure;

  /** Removes an ended task or process; empty if there is none. */
  Optional<TaskExit> delete(String id, String execId) throws ShimFailure;

  /**
   * Runs a process to its end.
   *
   * @param process OCI runtime-spec Process as JSON
   * @param timeout empty for no limit
   */
  ExecSyncResponse execSync(String id, byte[] process, Optional<Duration> timeout)
      throws ShimFailure;

  void resize(String id, String execId, int columns, int rows) throws ShimFailure;

  /** The log file was renamed: opens its path anew. */
  void reopenLog(String id) throws ShimFailure;

  /**
   * Changes limits.
   *
   * @param resources OCI runtime-spec LinuxResources as JSON
   */
  void update(String id, byte[] resources) throws ShimFailure;

  /** Every task there is. */
  List<TaskInfo> tasks() throws ShimFailure;

  /** The socket for the raw streams of exec and attach. */
  Path streamSocket() throws ShimFailure;

  /** Why no shim answers, after trying to connect or start one; empty if one does. */
  Optional<ShimFailure> health();
}

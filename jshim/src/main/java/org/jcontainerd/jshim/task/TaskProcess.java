package org.jcontainerd.jshim.task;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.jshim.stdio.ProcessIo;

/**
 * A process of a task: its init process or an exec. Thread-safe: operations that change it take
 * {@link #turn} for their whole length, so that they happen one after the other; reading needs no
 * lock.
 */
public final class TaskProcess {

  /** What ties a process that exists to its kernel side. Owned by the process. */
  public record Running(KeeperClient keeper, ProcessIo io, long startTicks) {}

  private final StdioFields stdio;
  private final ReentrantLock turn = new ReentrantLock();
  private final CompletableFuture<Exit> exit = new CompletableFuture<>();
  private volatile TaskState state;
  private volatile Optional<Running> running = Optional.empty();

  public TaskProcess(TaskState state, StdioFields stdio) {
    this.state = state;
    this.stdio = stdio;
    state.ended().ifPresent(exit::complete);
  }

  /** The fields that State repeats to its caller. */
  public StdioFields stdio() {
    return stdio;
  }

  public TaskState state() {
    return state;
  }

  /** Held by an operation that changes this process, its exit included. */
  public ReentrantLock turn() {
    return turn;
  }

  /** Moves on; the caller holds {@link #turn}. Whoever waits learns an exit here, once. */
  public void apply(TaskEvent event) throws IllegalTransition {
    if (!turn.isHeldByCurrentThread()) {
      throw new IllegalStateException("process changed outside its turn");
    }
    state = state.next(event);
    state.ended().ifPresent(exit::complete);
  }

  /** Sets what adoption found, before anybody else knows this process. */
  public void restore(TaskState found) {
    state = found;
  }

  /** Completes with the exit, exceptionally if the process is deleted without ever having run. */
  public CompletableFuture<Exit> exit() {
    return exit.copy();
  }

  /** After a Delete: whoever waits for the exit of a process that was never started learns it. */
  public void neverRan() {
    exit.completeExceptionally(
        new ShimFailure.NotFound("process was deleted before it was started"));
  }

  public Optional<Running> running() {
    return running;
  }

  public void setRunning(Running kernelSide) {
    running = Optional.of(kernelSide);
  }

  /**
   * @throws ShimFailure.FailedPrecondition if the process has not been started or is deleted
   */
  public ProcessIo io() throws ShimFailure {
    return running
        .map(Running::io)
        .orElseThrow(() ->
            new ShimFailure.FailedPrecondition(
                "process is " + state.word() + ", it has no streams"));
  }
}

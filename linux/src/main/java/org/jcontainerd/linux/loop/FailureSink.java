package org.jcontainerd.linux.loop;

/** Where a {@link KernelWaiter} reports what its handlers throw. */
@FunctionalInterface
public interface FailureSink {
  /**
   * Takes one failure.
   *
   * @param what the descriptor or task concerned, for a log line
   */
  void failed(String what, Throwable failure);
}

package org.jcontainerd.jrunc.launch;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.process.PidFd;

/**
 * A helper at work on a plan. Taken by one thread at a time.
 *
 * <p>Closing it before the process is ready ends helper and process; afterwards it leaves a keeper
 * alone, and ends a helper that is none.
 */
public final class Launch implements AutoCloseable {
  private static final char CONTINUE = 'C';

  private final HelperConnection connection;
  private final Optional<PidFd> helper;

  Launch(HelperConnection connection, Optional<PidFd> helper) {
    this.connection = connection;
    this.helper = helper;
  }

  /** Waits for the next message. */
  public HelperMessage next() throws IOException {
    return connection.next();
  }

  /**
   * Asks the keeper for its descriptors before there is a process to wait for, so that they are
   * there when it runs.
   */
  public void askAhead() throws IOException {
    try {
      connection.askForDescriptors();
    } catch (LinuxException e) {
      if (!e.is(Errno.EPIPE, Errno.ECONNRESET)) {
        throw e;
      }
      // it has ended already: why is the next message
    }
  }

  /** Lets the process go on after {@link HelperMessage.Synced}. */
  public void proceed() throws IOException {
    connection.send(CONTINUE);
  }

  /**
   * Waits until the process is ready or its program runs.
   *
   * @param listener is told everything that comes before
   * @throws PlanFailedException if a step failed
   */
  public ProcessIdentity await(LaunchListener listener) throws IOException {
    while (true) {
      switch (next()) {
        case HelperMessage.Failed(StepFailure failure) -> throw new PlanFailedException(failure);
        case HelperMessage.Ready(ProcessIdentity process) -> {
          return process;
        }
        case HelperMessage.Started(ProcessIdentity process) -> {
          return process;
        }
        case HelperMessage.Synced(ProcessIdentity process, String tag) -> {
          listener.synced(process, tag);
          proceed();
        }
        case HelperMessage.Warning(StepFailure failure) -> listener.warned(failure);
        case HelperMessage.Listener(var process, var fd) -> listener.seccompListener(process, fd);
        case HelperMessage.Done done -> listener.done(done);
        case HelperMessage.Answer answer when connection.awaitsDescriptors() ->
            connection.keep(answer);
        case HelperMessage.Ended _ -> throw new IOException("helper ended without a report");
        case HelperMessage.Exited _, HelperMessage.Answer _ ->
            throw new IOException("helper answered out of turn");
      }
    }
  }

  /** Completes with the exit of the process, if the helper stays for it. */
  public CompletableFuture<ProcessExit> exited() {
    return connection.exited();
  }

  /** The connection, which stays owned by this launch; of a keeper it takes requests. */
  public HelperConnection connection() {
    return connection;
  }

  @Override
  public void close() throws IOException {
    connection.close();
    if (helper.isPresent()) {
      try (PidFd process = helper.get()) {
        var _ = process.poll(); // a helper that still keeps is reaped by whoever inherits it
      }
    }
  }
}

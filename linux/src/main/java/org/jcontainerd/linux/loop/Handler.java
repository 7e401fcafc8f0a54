package org.jcontainerd.linux.loop;

import java.io.IOException;

/** Called when a descriptor is ready. On the loop thread it must be short and must not wait. */
@FunctionalInterface
public interface Handler {
  /**
   * Reads or writes what is possible. Called again for as long as the descriptor stays ready.
   *
   * @param registration of this handler, to be closed when there is nothing more to wait for
   * @throws IOException is reported to the waiter's {@link FailureSink}, and ends the registration
   */
  void ready(Registration registration) throws IOException;
}

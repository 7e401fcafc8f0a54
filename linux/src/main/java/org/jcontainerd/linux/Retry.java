package org.jcontainerd.linux;

/**
 * Repeats a call that a signal interrupted. The one place that handles {@code EINTR}; close(2) is
 * never repeated, because Linux has freed the number when it returns.
 */
public final class Retry {
  /** A call that may fail with {@code EINTR}. */
  @FunctionalInterface
  public interface Call<T> {
    T run() throws LinuxException;
  }

  /** A call without a result that may fail with {@code EINTR}. */
  @FunctionalInterface
  public interface VoidCall {
    void run() throws LinuxException;
  }

  private Retry() {}

  /** Runs {@code call} until it ends in anything but {@code EINTR}. */
  public static <T> T onInterrupt(Call<T> call) throws LinuxException {
    while (true) {
      try {
        return call.run();
      } catch (LinuxException e) {
        if (!e.is(Errno.EINTR)) {
          throw e;
        }
      }
    }
  }

  /** Runs {@code call} until it ends in anything but {@code EINTR}. */
  public static void voidOnInterrupt(VoidCall call) throws LinuxException {
    while (true) {
      try {
        call.run();
        return;
      } catch (LinuxException e) {
        if (!e.is(Errno.EINTR)) {
          throw e;
        }
      }
    }
  }
}

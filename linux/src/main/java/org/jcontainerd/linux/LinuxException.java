package org.jcontainerd.linux;

import java.io.IOException;
import java.io.Serial;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A system call answered with an error. Carries the call, its arguments and the errno of exactly
 * this call; the message reads {@code umount2('/run/x', 0x2): Device or resource busy [EBUSY]}.
 *
 * <p>Callers switch on {@link #errno()} where a value means something to them ({@code ENOENT} on a
 * delete) and let everything else rise. Immutable.
 */
public final class LinuxException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final int errno;
  private final String syscall;
  private final List<String> arguments;

  /**
   * @param errno the value of {@code errno} after the call, see {@link Errno}
   * @param syscall the name of the call as in its man page
   * @param arguments what was passed: strings are shown in quotes, other objects by {@code
   *     toString}
   */
  public LinuxException(int errno, String syscall, Object... arguments) {
    this(errno, syscall, Arrays.stream(arguments).map(LinuxException::show).toList());
  }

  private LinuxException(int errno, String syscall, List<String> arguments) {
    super(
        syscall
            + arguments.stream().collect(Collectors.joining(", ", "(", ")"))
            + ": "
            + Errno.describe(errno));
    this.errno = errno;
    this.syscall = syscall;
    this.arguments = arguments;
  }

  /** The error number, to be compared with the constants of {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** Whether the error number is one of {@code errnos}. */
  public boolean is(int... errnos) {
    return Arrays.stream(errnos).anyMatch(e -> e == errno);
  }

  /** The name of the call, as in its man page. */
  public String syscall() {
    return syscall;
  }

  /** The arguments as the message shows them. */
  public List<String> arguments() {
    return arguments;
  }

  private static String show(Object argument) {
    return argument instanceof String text ? "'" + text + "'" : String.valueOf(argument);
  }
}

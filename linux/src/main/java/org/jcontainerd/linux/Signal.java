package org.jcontainerd.linux;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A signal, by number; see signal(7). The numbers are those of x86-64 and arm64, which agree.
 * Immutable.
 *
 * @param number 1 to 64
 */
public record Signal(int number) {
  private static final List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");
  private static final int MAX = 64;

  /** The first real-time signal that a program linked with glibc or musl may use. */
  private static final int RTMIN = 34;

  public static final Signal SIGHUP = new Signal(1);
  public static final Signal SIGINT = new Signal(2);
  public static final Signal SIGQUIT = new Signal(3);
  public static final Signal SIGABRT = new Signal(6);
  public static final Signal SIGKILL = new Signal(9);
  public static final Signal SIGUSR1 = new Signal(10);
  public static final Signal SIGUSR2 = new Signal(12);
  public static final Signal SIGPIPE = new Signal(13);
  public static final Signal SIGTERM = new Signal(15);
  public static final Signal SIGCHLD = new Signal(17);
  public static final Signal SIGCONT = new Signal(18);
  public static final Signal SIGSTOP = new Signal(19);
  public static final Signal SIGWINCH = new Signal(28);

  public Signal {
    if (number < 1 || number > MAX) {
      throw new IllegalArgumentException("signal " + number + ": not in 1 to " + MAX);
    }
  }

  /**
   * Reads a signal as engines write it: {@code "TERM"}, {@code "SIGTERM"}, {@code "15"}, {@code
   * "RTMIN+3"}, {@code "SIGRTMAX-1"}; letters of either case. Empty if it is none.
   */
  public static Optional<Signal> parse(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT);
    if (name.matches("[0-9]{1,2}")) {
      int number = Integer.parseInt(name);
      return number >= 1 && number <= MAX ? Optional.of(new Signal(number)) : Optional.empty();
    }
    if (name.startsWith("SIG")) {
      name = name.substring(3);
    }
    int index = NAMES.indexOf(name);
    if (index >= 0) {
      return Optional.of(new Signal(index + 1));
    }
    return switch (name) {
      case "IOT" -> Optional.of(SIGABRT);
      case "CLD" -> Optional.of(SIGCHLD);
      case "POLL" -> Optional.of(new Signal(29));
      default -> realTime(name);
    };
  }

  private static Optional<Signal> realTime(String name) {
    if (!name.matches("RT(MIN(\\+[0-9]{1,2})?|MAX(-[0-9]{1,2})?)")) {
      return Optional.empty();
    }
    int distance = name.length() > 5 ? Integer.parseInt(name.substring(6)) : 0;
    int number = name.startsWith("RTMIN") ? RTMIN + distance : MAX - distance;
    return number >= RTMIN && number <= MAX ? Optional.of(new Signal(number)) : Optional.empty();
  }

  /** {@code "SIGTERM"}, {@code "SIGRTMIN+3"}; for the two that libc keeps, {@code "signal 32"}. */
  @Override
  public String toString() {
    if (number <= NAMES.size()) {
      return "SIG" + NAMES.get(number - 1);
    }
    if (number < RTMIN) {
      return "signal " + number;
    }
    return number == RTMIN ? "SIGRTMIN" : "SIGRTMIN+" + (number - RTMIN);
  }
}

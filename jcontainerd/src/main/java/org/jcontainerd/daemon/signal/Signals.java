package org.jcontainerd.daemon.signal;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.api.cri.v1.Signal;

/** Signals by their CRI constant, their name (as images write it) and their number (Linux). */
public final class Signals {
  /** What a container gets when nobody says otherwise. */
  public static final int TERM = 15;

  public static final int KILL = 9;

  private static final int REALTIME_MIN = 34;
  private static final int REALTIME_MAX = 64;

  // signal(7), x86-64 and arm64
  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("HUP", 1),
          Map.entry("INT", 2),
          Map.entry("QUIT", 3),
          Map.entry("ILL", 4),
          Map.entry("TRAP", 5),
          Map.entry("ABRT", 6),
          Map.entry("IOT", 6),
          Map.entry("BUS", 7),
          Map.entry("FPE", 8),
          Map.entry("KILL", 9),
          Map.entry("USR1", 10),
          Map.entry("SEGV", 11),
          Map.entry("USR2", 12),
          Map.entry("PIPE", 13),
          Map.entry("ALRM", 14),
          Map.entry("TERM", 15),
          Map.entry("STKFLT", 16),
          Map.entry("CHLD", 17),
          Map.entry("CLD", 17),
          Map.entry("CONT", 18),
          Map.entry("STOP", 19),
          Map.entry("TSTP", 20),
          Map.entry("TTIN", 21),
          Map.entry("TTOU", 22),
          Map.entry("URG", 23),
          Map.entry("XCPU", 24),
          Map.entry("XFSZ", 25),
          Map.entry("VTALRM", 26),
          Map.entry("PROF", 27),
          Map.entry("WINCH", 28),
          Map.entry("IO", 29),
          Map.entry("POLL", 29),
          Map.entry("PWR", 30),
          Map.entry("SYS", 31));

  private Signals() {}

  /** The number of a CRI constant; empty for the default one. */
  public static Optional<Integer> number(Signal signal) {
    return switch (signal) {
      case SIGNAL_RUNTIME_DEFAULT, UNRECOGNIZED -> Optional.empty();
      default ->
          number(
              signal
                  .name()
                  .substring("SIGNAL_".length())
                  .replace("MINPLUS", "MIN+")
                  .replace("MAXMINUS", "MAX-"));
    };
  }

  /** The number of {@code SIGTERM}, {@code term}, {@code 15}, {@code RTMIN+3}; empty if unknown. */
  public static Optional<Integer> number(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    name = name.startsWith("SIG") ? name.substring(3) : name;
    Integer known = NUMBERS.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    try {
      int number =
          switch (name) {
            case String n when n.startsWith("RTMIN") ->
                REALTIME_MIN + offset(n.substring("RTMIN".length()));
            case String n when n.startsWith("RTMAX") ->
                REALTIME_MAX + offset(n.substring("RTMAX".length()));
            default -> Integer.parseInt(name);
          };
      return number >= 1 && number <= REALTIME_MAX ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The CRI constant of a number. */
  public static Signal toCri(int number) {
    for (Signal each : Signal.values()) {
      if (number(each).equals(Optional.of(number))) {
        return each;
      }
    }
    return Signal.SIGNAL_RUNTIME_DEFAULT;
  }

  private static int offset(String text) {
    return text.isEmpty() ? 0 : Integer.parseInt(text);
  }
}

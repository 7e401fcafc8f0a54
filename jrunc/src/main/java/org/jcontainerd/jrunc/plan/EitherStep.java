package org.jcontainerd.jrunc.plan;

import java.util.Set;

/** Steps that run in the helper before the clone, or in the new process after it. */
public sealed interface EitherStep extends Step {

  /**
   * setsid(2). The keeper needs it to outlive its starter's session; the process for a terminal.
   */
  record Session() implements EitherStep {}

  /**
   * setns(2). In the helper only {@link Namespace#PID} is sensible: it applies to children alone,
   * while any other would bind the keeper to the container.
   *
   * @param descriptor a namespace file, or a pidfd for several at once
   * @param types the kinds; with a namespace file exactly the one it is
   */
  record Join(Slot descriptor, Set<Namespace> types) implements EitherStep {
    public Join {
      types = Set.copyOf(types);
    }
  }

  /**
   * unshare(2). A cgroup namespace must be made by the process after it entered its cgroups (the
   * kernel takes the caller's cgroup as the root); a time namespace by the helper before the clone,
   * followed by {@code WriteProc("self/timens_offsets", ...)}.
   */
  record Unshare(Set<Namespace> types) implements EitherStep {
    public Unshare {
      types = Set.copyOf(types);
    }
  }

  /**
   * Writes to a file of a procfs that the helper mounted itself, detached and checked, so that a
   * container cannot redirect it (CVE-2019-16884, CVE-2025-52881).
   *
   * @param path below /proc, such as {@code self/attr/exec} or {@code sys/net/ipv4/ip_forward}
   * @param value written in one write(2)
   */
  record WriteProc(String path, String value) implements EitherStep {
    /** Sets a sysctl of the namespaces of the process, named with dots or slashes. */
    public static WriteProc sysctl(String key, String value) {
      // As sysctl(8): the first separator decides which of the two is the separator.
      int slash = key.indexOf('/');
      int dot = key.indexOf('.');
      boolean dotted = dot >= 0 && (slash < 0 || dot < slash);
      return new WriteProc("sys/" + (dotted ? swap(key) : key), value);
    }

    private static String swap(String key) {
      var text = new StringBuilder(key);
      for (int i = 0; i < key.length(); i++) {
        char c = key.charAt(i);
        text.setCharAt(i, c == '.' ? '/' : c == '/' ? '.' : c);
      }
      return text.toString();
    }
  }

  /**
   * sched_setaffinity(2).
   *
   * @param mask one bit per processor, least significant first
   */
  record Affinity(Bits mask) implements EitherStep {}

  /**
   * PR_SET_DUMPABLE. The helper begins as not dumpable, which also gives its files in /proc to
   * root: an ordinary user must be the owner of those through which ids are mapped, and has to be
   * kept out again before the process is where others could look into it (CVE-2016-9962).
   */
  record Dumpable(boolean on) implements EitherStep {}
}

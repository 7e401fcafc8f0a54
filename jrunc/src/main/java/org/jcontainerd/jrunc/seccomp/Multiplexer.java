package org.jcontainerd.jrunc.seccomp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A call that 32-bit x86 also makes through socketcall(2) or ipc(2), whose first argument says
 * which. A rule for the call must cover both ways, or the old one would be a hole.
 *
 * @param call {@code socketcall} or {@code ipc}
 * @param code value of the first argument (linux/net.h, linux/ipc.h)
 */
record Multiplexer(String call, int code) {
  static final Map<String, Multiplexer> X86 = x86();

  private static Map<String, Multiplexer> x86() {
    var all = new HashMap<String, Multiplexer>();
    List<String> sockets =
        List.of(
            "socket",
            "bind",
            "connect",
            "listen",
            "accept",
            "getsockname",
            "getpeername",
            "socketpair",
            "send",
            "recv",
            "sendto",
            "recvfrom",
            "shutdown",
            "setsockopt",
            "getsockopt",
            "sendmsg",
            "recvmsg",
            "accept4",
            "recvmmsg",
            "sendmmsg");
    for (int i = 0; i < sockets.size(); i++) {
      all.put(sockets.get(i), new Multiplexer("socketcall", i + 1));
    }
    Map<String, Integer> ipc =
        Map.ofEntries(
            Map.entry("semop", 1),
            Map.entry("semget", 2),
            Map.entry("semctl", 3),
            Map.entry("semtimedop", 4),
            Map.entry("msgsnd", 11),
            Map.entry("msgrcv", 12),
            Map.entry("msgget", 13),
            Map.entry("msgctl", 14),
            Map.entry("shmat", 21),
            Map.entry("shmdt", 22),
            Map.entry("shmget", 23),
            Map.entry("shmctl", 24));
    ipc.forEach((name, code) -> all.put(name, new Multiplexer("ipc", code)));
    return Map.copyOf(all);
  }
}

package org.jcontainerd.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jcontainerd.linux.sys.FileCalls;
import org.junit.jupiter.api.Test;

class ErrnoTest {
  /** The C library through JNA, which nobody here wrote. */
  public interface C extends Library {
    String strerror(int errno);

    String strerrorname_np(int errno);
  }

  @Test
  void namesAndMessages_areTheCLibrarys() {
    C c = Native.load("c", C.class);
    for (int errno = 1; errno < 134; errno++) {
      String name = c.strerrorname_np(errno);
      if (name != null) {
        assertEquals(name, Errno.name(errno));
        assertEquals(c.strerror(errno), Errno.message(errno));
      } else {
        assertEquals("Unknown error " + errno, Errno.message(errno));
      }
    }
  }

  @Test
  void numbers_areJnrs() {
    for (var theirs : jnr.constants.platform.linux.Errno.values()) {
      String name = theirs.name();
      if (!List.of("EWOULDBLOCK", "EDEADLOCK", "ENOTSUP", "EOPNOTSUPP").contains(name)
          && theirs.defined()
          && theirs.intValue() < 134) {
        assertEquals(name, Errno.name(theirs.intValue()));
        assertEquals(theirs.toString(), Errno.message(theirs.intValue()));
      }
    }
  }

  @Test
  void exception_saysCallArgumentsAndCause() {
    LinuxException e =
        assertThrows(
            LinuxException.class,
            () -> FileCalls.openat(FileCalls.AT_FDCWD, "/no/such", FileCalls.O_CLOEXEC, 0));
    assertEquals(
        "openat(-100, '/no/such', 0x80000): No such file or directory [ENOENT]", e.getMessage());
    assertEquals("openat", e.syscall());
    assertEquals(Errno.ENOENT, e.errno());
  }

  @Test
  void errno_underConcurrency_isThatOfTheOwnCall() throws Exception {
    Callable<Integer> missing =
        () -> errnoOf(() -> FileCalls.openat(FileCalls.AT_FDCWD, "/no/such", 0, 0));
    Callable<Integer> badFd = () -> errnoOf(() -> FileCalls.fcntl(100_000, FileCalls.F_GETFL, 0));
    Callable<Integer> notDirectory =
        () -> errnoOf(() -> FileCalls.openat(FileCalls.AT_FDCWD, "/etc/passwd/x", 0, 0));
    var calls = List.of(missing, badFd, notDirectory);
    var expected = List.of(Errno.ENOENT, Errno.EBADF, Errno.ENOTDIR);
    for (var pool :
        List.of(Executors.newFixedThreadPool(8), Executors.newVirtualThreadPerTaskExecutor())) {
      try (pool) {
        List<Future<Integer>> wrong =
            IntStream.range(0, 24)
                .mapToObj(n ->
                    pool.submit(() -> {
                      int count = 0;
                      for (int i = 0; i < 2000; i++) {
                        int k = (n + i) % 3;
                        count += calls.get(k).call().equals(expected.get(k)) ? 0 : 1;
                      }
                      return count;
                    }))
                .toList();
        for (Future<Integer> count : wrong) {
          assertEquals(0, count.get());
        }
      }
    }
  }

  private static int errnoOf(Retry.Call<Integer> call) {
    return assertThrows(LinuxException.class, call::run).errno();
  }
}

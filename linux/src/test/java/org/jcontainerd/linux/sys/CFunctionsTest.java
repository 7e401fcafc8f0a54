package org.jcontainerd.linux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways into C answer alike. */
class CFunctionsTest {
  static Stream<CFunctions> ways() {
    return Stream.of(
        new ForeignFunctions(),
        new JniFunctions(Path.of("target/native/libjcalls.so").toAbsolutePath().toString()));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void find_unknownFunction_namesIt(CFunctions c) {
    var failure = assertThrows(UnsupportedOperationException.class, () -> c.find("no_such_call"));

    assertEquals("libc has no 'no_such_call'", failure.getMessage());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void call_returnsAllBitsOfTheResult(CFunctions c) {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          c.call(c.find("labs"), Native.capture(arena), -0x1234_5678_9abc_def0L, 0, 0, 0, 0, 0, 0);

      assertEquals(0x1234_5678_9abc_def0L, result);
    }
  }

  /** The last of seven arguments does not travel in a register; a wrong one is refused here. */
  @ParameterizedTest
  @MethodSource("ways")
  void call_passesSevenArguments(CFunctions c, @TempDir Path directory) throws IOException {
    Path from = Files.writeString(directory.resolve("from"), "0123456789");
    Path to = Files.createFile(directory.resolve("to"));
    try (Arena arena = Arena.ofConfined();
        Fd in = HostFile.reading(from);
        Fd out = HostFile.writing(to)) {
      MemorySegment state = Native.capture(arena);
      MemorySegment syscall = c.find("syscall");
      long offset = Memory.longs(arena, 3);

      long copied =
          c.call(syscall, state, Nr.COPY_FILE_RANGE, in.number(), offset, out.number(), 0, 4, 0);
      long refused =
          c.call(syscall, state, Nr.COPY_FILE_RANGE, in.number(), offset, out.number(), 0, 4, 1);

      assertEquals(4, copied);
      assertEquals("3456", Files.readString(to));
      assertEquals(-1, refused);
      assertEquals(Errno.EINVAL, Native.errno(state));
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void call_keepsErrnoOfEachCall(CFunctions c) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment badDescriptor = Native.capture(arena);
      MemorySegment noFile = Native.capture(arena);

      assertEquals(-1, (int) c.call(c.find("close"), badDescriptor, -1, 0, 0, 0, 0, 0, 0));
      long path = Memory.cString(arena, "/no/such/file");
      assertEquals(-1, (int) c.call(c.find("rmdir"), noFile, path, 0, 0, 0, 0, 0, 0));

      assertEquals(Errno.EBADF, Native.errno(badDescriptor));
      assertEquals(Errno.ENOENT, Native.errno(noFile));
    }
  }
}

package org.jcontainerd.jrunc.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;

/** What execve(2) will make of a file: by its first bytes, as the kernel does. */
sealed interface ProgramFile {
  /** Needs nothing else. */
  record Complete() implements ProgramFile {}

  /** Needs another file: the {@code ld.so} of elf(5), or the program after {@code #!}. */
  record Interpreted(String interpreter) implements ProgramFile {}

  /** Is for another machine, and nobody has registered an emulator. */
  record Foreign(String machine) implements ProgramFile {}

  /** Has no format that the kernel knows. */
  record Unknown() implements ProgramFile {}

  /** ELF machines (elf.h) by what {@code os.arch} calls the machines that run them. */
  Map<String, Map<Integer, String>> RUNS =
      Map.of(
          "amd64", Map.of(62, "x86-64", 3, "x86"),
          "aarch64", Map.of(183, "arm64", 40, "arm"));

  Map<Integer, String> MACHINES =
      Map.of(
          3,
          "x86",
          8,
          "MIPS",
          20,
          "PowerPC",
          21,
          "ppc64",
          22,
          "s390x",
          40,
          "arm",
          62,
          "x86-64",
          183,
          "arm64",
          243,
          "RISC-V",
          258,
          "LoongArch");

  /** Reads the beginning of a file. */
  static ProgramFile read(Fd file) throws LinuxException {
    var head = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    while (head.hasRemaining() && file.read(head) > 0) {
      // until the buffer is full or the file ends
    }
    return of(head.flip());
  }

  /**
   * @param head the first bytes, little endian
   */
  static ProgramFile of(ByteBuffer head) {
    if (head.limit() > 2 && head.get(0) == '#' && head.get(1) == '!') {
      String line = StandardCharsets.UTF_8.decode(head.slice(2, head.limit() - 2)).toString();
      return new Interpreted(line.lines().findFirst().orElse("").strip().split("[ \t]")[0]);
    }
    if (head.limit() < 64 || head.getInt(0) != 0x464C457F) { // 0x7f ELF
      return isEmulated() ? new Complete() : new Unknown();
    }
    boolean little = head.get(5) == 1;
    int machine = (little ? head : head.duplicate().order(ByteOrder.BIG_ENDIAN)).getShort(18);
    if (!RUNS.getOrDefault(System.getProperty("os.arch"), Map.of()).containsKey(machine)) {
      return isEmulated()
          ? new Complete()
          : new Foreign(MACHINES.getOrDefault(machine, "machine " + machine));
    }
    return head.get(4) == 2 ? interpreter(head) : new Complete();
  }

  /** The PT_INTERP of a 64-bit program; headers beyond the first page are not looked at. */
  private static ProgramFile interpreter(ByteBuffer head) {
    long headers = head.getLong(32);
    int size = head.getShort(54);
    int count = head.getShort(56);
    for (int i = 0; i < count; i++) {
      long at = headers + (long) i * size;
      if (at < 0 || at + 56 > head.limit()) {
        break;
      }
      if (head.getInt((int) at) == 3) {
        long offset = head.getLong((int) at + 8);
        long length = head.getLong((int) at + 32);
        if (offset < 0 || length < 1 || length > 4096 || offset + length > head.limit()) {
          break;
        }
        byte[] name = new byte[(int) length - 1];
        head.get((int) offset, name);
        return new Interpreted(new String(name, StandardCharsets.UTF_8));
      }
    }
    return new Complete();
  }

  /** Whether binfmt_misc has an entry: then nobody but the kernel can tell what it runs. */
  private static boolean isEmulated() {
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(Path.of("/proc/sys/fs/binfmt_misc"))) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!name.equals("register") && !name.equals("status")) {
          return true;
        }
      }
      return false;
    } catch (IOException _) {
      return false; // not mounted
    }
  }
}

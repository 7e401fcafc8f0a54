package org.jcontainerd.jrunc.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jcontainerd.jrunc.plan.Bits;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallArg;
import org.jcontainerd.oci.runtime.SyscallRule;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilterFilesTest {
  private static final Filter FILTER =
      new Filter(Bits.of(new byte[] {6, 0, 0, 0, 0, 0, 0, 0}), 4, List.of("frobnicate"));
  private static final Seccomp PROFILE = profile("read", 0);

  @TempDir Path scratch;
  private Path directory;
  private FilterFiles files;

  @BeforeEach
  void open() {
    directory = scratch.resolve("cache");
    files = new FilterFiles(directory, Architecture.X86_64);
  }

  private static Seccomp profile(String name, long value) {
    var condition = new SyscallArg(0, value, 0, "SCMP_CMP_EQ");
    var rule =
        new SyscallRule(List.of(name), "SCMP_ACT_ALLOW", Optional.empty(), List.of(condition));
    return Seccomp.builder().defaultAction("SCMP_ACT_ERRNO").syscalls(List.of(rule)).build();
  }

  private Path only() throws IOException {
    try (var all = Files.list(directory)) {
      List<Path> found = all.toList();
      assertEquals(1, found.size());
      return found.getFirst();
    }
  }

  @Test
  void read_whatWasWritten_isIt() throws Exception {
    assertEquals(Optional.empty(), files.read(PROFILE));
    files.write(PROFILE, FILTER);
    files.write(PROFILE, FILTER);
    assertEquals(Optional.of(FILTER), files.read(PROFILE));
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    assertEquals(Optional.empty(), files.read(profile("read", 1)));
    assertEquals(Optional.empty(), files.read(profile("write", 0)));
    assertEquals(Optional.empty(), files.read(PROFILE.toBuilder().flags(List.of()).build()));
    assertEquals(Optional.empty(), new FilterFiles(directory, Architecture.AARCH64).read(PROFILE));
  }

  @Test
  void read_fileOfAnotherProfile_isAMiss() throws Exception {
    files.write(PROFILE, FILTER);
    Path mine = only();
    Files.delete(mine);
    files.write(profile("write", 0), FILTER);
    Files.move(only(), mine);
    assertEquals(Optional.empty(), files.read(PROFILE));
  }

  @Test
  void read_changedOrCutFile_isAMiss() throws Exception {
    files.write(PROFILE, FILTER);
    byte[] whole = Files.readAllBytes(only());
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      Files.write(only(), changed);
      assertEquals(Optional.empty(), files.read(PROFILE), "byte " + i);
      Files.write(only(), Arrays.copyOf(whole, i));
      assertEquals(Optional.empty(), files.read(PROFILE), "length " + i);
    }
  }

  @Test
  void read_directoryThatOthersMayEnter_isRefused() throws Exception {
    files.write(PROFILE, FILTER);
    for (String mode : List.of("rwxrwx---", "rwx-----x")) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
      String said =
          String.valueOf(assertThrows(IOException.class, () -> files.read(PROFILE)).getMessage());
      assertEquals(
          "seccomp cache '%s': not a directory of this user with mode 700, remove it"
              .formatted(directory),
          said);
      assertThrows(IOException.class, () -> files.write(PROFILE, FILTER));
    }
  }

  @Test
  void read_linkToADirectory_isRefused() throws Exception {
    files.write(PROFILE, FILTER);
    Path link = Files.createSymbolicLink(scratch.resolve("link"), directory);
    var through = new FilterFiles(link, Architecture.X86_64);
    assertThrows(IOException.class, () -> through.read(PROFILE));
  }

  @Test
  void write_manyProfiles_keepsTheDirectorySmall() throws Exception {
    for (int i = 0; i < 200; i++) {
      files.write(profile("read", i), FILTER);
    }
    try (var all = Files.list(directory)) {
      assertTrue(all.count() <= 64);
    }
    assertEquals(Optional.of(FILTER), files.read(profile("read", 199)));
  }

  @Test
  void compile_onDisk_isTheSameAsCompiled() throws Exception {
    var said = new ArrayList<String>();
    Filter compiled = FilterCache.onDisk(directory, said::add).compile(PROFILE);
    assertEquals(compiled, FilterCache.onDisk(directory, said::add).compile(PROFILE));
    assertEquals(compiled, FilterCache.inMemory().compile(PROFILE));
    assertEquals(Optional.of(compiled), files.read(PROFILE));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertEquals(compiled, FilterCache.onDisk(directory, said::add).compile(PROFILE));
    assertEquals(1, said.size(), said::toString);
  }

  /** What old files hold must not be used by a compiler that answers otherwise. */
  @Test
  void generation_standsForTheProgramsOfThisCompiler() throws Exception {
    var sum = new CRC32();
    sum.update(
        new FilterCompiler(Architecture.X86_64, SyscallTable.load())
            .compile(PROFILE)
            .program()
            .toByteArray());
    assertEquals(
        "2 8c79f3be",
        FilterFiles.GENERATION + " " + Long.toHexString(sum.getValue()),
        "raise FilterFiles.GENERATION with this line");
  }
}

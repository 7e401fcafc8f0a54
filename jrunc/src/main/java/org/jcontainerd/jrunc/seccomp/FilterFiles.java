package org.jcontainerd.jrunc.seccomp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jcontainerd.jrunc.plan.Bits;
import org.jcontainerd.linux.process.ProcessAttributes;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallArg;
import org.jcontainerd.oci.runtime.SyscallRule;

/**
 * Compiled filters on disk, for commands: each is a JVM that would compile again. A file is found
 * by a hash of the profile and holds the profile itself, which has to be the one that is asked for,
 * so that a collision is a miss. It is written under another name and renamed; a checksum tells
 * what a full disk cut off. Whoever may write into the directory decides what filters do, so it is
 * used only if it is a real directory of this user that nobody else may enter. Thread-safe.
 */
final class FilterFiles {
  /** To be raised when the compiler may answer the same profile with another program. */
  static final int GENERATION = 2;

  private static final int MAGIC = 0x4A525346;
  private static final int MOST_FILES = 64;
  private static final int PERMISSIONS = 07777;
  private static final int OWNER_ONLY = 0700;

  private final Path directory;
  private final String machine;

  FilterFiles(Path directory, Architecture machine) {
    this.directory = directory;
    this.machine = machine.name();
  }

  /**
   * The filter of a profile, if one was written and is whole.
   *
   * @throws IOException if the directory is not this user's alone
   */
  Optional<Filter> read(Seccomp seccomp) throws IOException {
    byte[] key = key(seccomp);
    byte[] bytes;
    try {
      checkDirectory();
      bytes = Files.readAllBytes(file(key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return decode(bytes, key);
  }

  /** Writes a filter; what cannot be written is compiled again next time. */
  void write(Seccomp seccomp, Filter filter) throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      // as it should be after the first time
    }
    checkDirectory();
    makeRoom();
    byte[] key = key(seccomp);
    Path file = file(key);
    Path fresh = directory.resolve(file.getFileName() + "." + ProcessAttributes.pid() + ".new");
    Files.write(
        fresh,
        encode(filter, key),
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private void checkDirectory() throws IOException {
    Map<String, Object> found =
        Files.readAttributes(directory, "unix:uid,mode,isDirectory", LinkOption.NOFOLLOW_LINKS);
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    boolean alone = found.get("mode") instanceof Integer mode && (mode & PERMISSIONS) == OWNER_ONLY;
    if (!alone
        || !Boolean.TRUE.equals(found.get("isDirectory"))
        || !self.equals(found.get("uid"))) {
      throw new IOException(
          "seccomp cache '%s': not a directory of this user with mode 700, remove it"
              .formatted(directory));
    }
  }

  /** A host has few profiles; where there are many, the cache begins anew. */
  private void makeRoom() throws IOException {
    var there = new ArrayList<Path>();
    try (var files = Files.newDirectoryStream(directory)) {
      files.forEach(there::add);
    }
    if (there.size() >= MOST_FILES) {
      for (Path file : there) {
        Files.deleteIfExists(file);
      }
    }
  }

  private Path file(byte[] key) {
    long hash = 0xCBF29CE484222325L; // FNV-1a: to find a file, not to trust it
    for (byte b : key) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return directory.resolve(Long.toHexString(hash));
  }

  /** Everything that a program depends on, without a doubt about where a word ends. */
  private byte[] key(Seccomp seccomp) {
    var text = new StringBuilder(1 << 14);
    text.append(GENERATION).append(' ').append(machine);
    word(text, seccomp.defaultAction());
    text.append(seccomp.defaultErrnoRet().map(String::valueOf).orElse("-"));
    words(text, seccomp.architectures());
    text.append(seccomp.flags().isPresent() ? 'f' : '-');
    words(text, seccomp.flags().orElse(List.of()));
    word(text, seccomp.listenerPath());
    word(text, seccomp.listenerMetadata());
    for (SyscallRule rule : seccomp.syscalls()) {
      word(text, rule.action());
      text.append(rule.errnoRet().map(String::valueOf).orElse("-"));
      words(text, rule.names());
      for (SyscallArg arg : rule.args()) {
        word(text, arg.op());
        text.append(arg.index()).append(',').append(arg.value()).append(',').append(arg.valueTwo());
      }
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void words(StringBuilder text, List<String> words) {
    text.append('\n').append(words.size());
    for (String word : words) {
      word(text, word);
    }
  }

  private static void word(StringBuilder text, String word) {
    text.append(' ').append(word.length()).append(':').append(word).append(' ');
  }

  private static byte[] encode(Filter filter, byte[] key) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeInt(key.length);
      out.write(key);
      out.writeInt(filter.flags());
      out.writeInt(filter.ignored().size());
      for (String name : filter.ignored()) {
        out.writeUTF(name);
      }
      byte[] program = filter.program().toByteArray();
      out.writeInt(program.length);
      out.write(program);
      out.flush();
      out.writeLong(checksum(bytes.toByteArray(), bytes.size()));
    }
    return bytes.toByteArray();
  }

  private static Optional<Filter> decode(byte[] bytes, byte[] key) throws IOException {
    int body = bytes.length - Long.BYTES;
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (body < 0 || in.readInt() != MAGIC || in.readInt() != key.length) {
        return Optional.empty();
      }
      var sum = new DataInputStream(new ByteArrayInputStream(bytes, body, Long.BYTES));
      if (sum.readLong() != checksum(bytes, body)
          || !Arrays.equals(in.readNBytes(key.length), key)) {
        return Optional.empty();
      }
      int flags = in.readInt();
      var ignored = new ArrayList<String>();
      for (int left = in.readInt(); left > 0; left--) {
        ignored.add(in.readUTF());
      }
      return Optional.of(new Filter(Bits.of(in.readNBytes(in.readInt())), flags, ignored));
    }
  }

  private static long checksum(byte[] bytes, int length) {
    var sum = new CRC32();
    sum.update(bytes, 0, length);
    return sum.getValue();
  }
}

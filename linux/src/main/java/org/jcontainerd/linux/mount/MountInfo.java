package org.jcontainerd.linux.mount;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.sys.FileNames;

/**
 * One line of {@code /proc/PID/mountinfo}; see proc_pid_mountinfo(5). Immutable.
 *
 * @param id of the mount, unique at one time
 * @param parent the id of the mount below it; its own for the top of the tree
 * @param device {@code major:minor} of the file system
 * @param root which directory of the file system is shown
 * @param mountPoint where, seen from the root of the process
 * @param options of this mount: {@code ro}, {@code nosuid}, ...
 * @param tags {@code shared:1}, {@code master:2}, {@code propagate_from:3}, {@code unbindable}
 * @param superOptions of the file system
 */
public record MountInfo(
    int id,
    int parent,
    String device,
    String root,
    String mountPoint,
    List<String> options,
    List<String> tags,
    String type,
    String source,
    List<String> superOptions) {
  private static final Path SELF = Path.of("/proc/thread-self/mountinfo");

  public MountInfo {
    options = List.copyOf(options);
    tags = List.copyOf(tags);
    superOptions = List.copyOf(superOptions);
  }

  /** The mounts that the calling thread sees, in mount order. */
  public static List<MountInfo> read() throws LinuxException {
    return read(SELF);
  }

  /** The mounts of a mountinfo file, in mount order. */
  public static List<MountInfo> read(Path mountinfo) throws LinuxException {
    return KernelFile.read(mountinfo).lines().map(MountInfo::parse).toList();
  }

  /** The mount that is visible at exactly {@code path}, the last of several; empty if none. */
  public static Optional<MountInfo> at(Path path) throws LinuxException {
    String point = path.toAbsolutePath().normalize().toString();
    return read().stream().filter(m -> m.mountPoint.equals(point)).reduce((_, last) -> last);
  }

  /**
   * Reads one line.
   *
   * @param line of bytes as ISO 8859-1
   * @throws IllegalArgumentException if it is no such line
   */
  public static MountInfo parse(String line) {
    List<String> fields = Arrays.asList(line.split(" ", -1));
    int dash = fields.indexOf("-");
    if (dash < 6 || fields.size() < dash + 4) {
      throw new IllegalArgumentException("mountinfo '" + line + "': too few fields");
    }
    return new MountInfo(
        Integer.parseInt(fields.get(0)),
        Integer.parseInt(fields.get(1)),
        fields.get(2),
        unescape(fields.get(3)),
        unescape(fields.get(4)),
        List.of(fields.get(5).split(",")),
        fields.subList(6, dash),
        unescape(fields.get(dash + 1)),
        unescape(fields.get(dash + 2)),
        Arrays.stream(fields.get(dash + 3).split(",")).map(MountInfo::unescape).toList());
  }

  /** Whether mounts below it spread to peers. */
  public boolean isShared() {
    return tags.stream().anyMatch(t -> t.startsWith("shared:"));
  }

  /** Space, tab, newline, backslash and hash are written as three octal digits. */
  private static String unescape(String field) {
    var out = new ByteArrayOutputStream(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && isOctal(field, i + 1)) {
        out.write(Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        out.write(c);
      }
    }
    return FileNames.decode(out.toByteArray());
  }

  private static boolean isOctal(String text, int at) {
    return at + 3 <= text.length()
        && text.substring(at, at + 3).chars().allMatch(c -> c >= '0' && c <= '7');
  }
}

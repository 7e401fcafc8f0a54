package org.jcontainerd.testing.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a runtime under test has left on the host: mounts and processes that name its directory. A
 * test asserts that there is nothing; closing a runtime clears what is there all the same, so that
 * one failed test does not spoil the next.
 */
public final class LeftBehind {
  private LeftBehind() {}

  /** Mount points below {@code directory}, innermost first. */
  public static List<Path> mounts(Path directory) throws IOException {
    var found = new ArrayList<Path>();
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      Path point = Path.of(unescape(line.split(" ")[4]));
      if (point.startsWith(directory)) {
        found.add(point);
      }
    }
    return found.reversed();
  }

  /** Other processes whose command line names {@code directory}, as {@code pid command line}. */
  public static List<ProcessHandle> processes(Path directory) throws IOException {
    String text = directory.toString();
    var found = new ArrayList<ProcessHandle>();
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      if (process.pid() != ProcessHandle.current().pid()
          && commandLine(process.pid()).contains(text)) {
        found.add(process);
      }
    }
    return found;
  }

  private static String commandLine(long pid) throws IOException {
    try {
      byte[] words = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
      return new String(words, StandardCharsets.ISO_8859_1).replace('\0', ' ');
    } catch (NoSuchFileException e) {
      return ""; // ended meanwhile
    } catch (IOException e) {
      if (Files.exists(Path.of("/proc/" + pid))) {
        throw e;
      }
      return ""; // ended meanwhile (ESRCH while reading)
    }
  }

  /** Ends those processes, unmounts those mounts, removes the directory. */
  public static void release(Path directory) throws IOException {
    for (ProcessHandle process : processes(directory)) {
      process.destroyForcibly();
      process.onExit().join();
    }
    for (Path point : mounts(directory)) {
      var umount = new ProcessBuilder("umount", "-l", point.toString()).inheritIO().start();
      int code = umount.onExit().join().exitValue();
      if (code != 0) {
        throw new IOException("umount -l '" + point + "': exit code " + code);
      }
    }
    removeTree(directory);
  }

  /**
   * Removes an empty cgroup from every hierarchy; one that has children stays, and shows as left.
   */
  public static void removeCgroup(String name) throws IOException {
    try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
      var places = new ArrayList<>(hierarchies.map(each -> each.resolve(name)).toList());
      places.add(Path.of("/sys/fs/cgroup", name));
      for (Path place : places) {
        if (Files.isDirectory(place) && childless(place)) {
          Files.delete(place);
        }
      }
    }
  }

  private static boolean childless(Path cgroup) throws IOException {
    try (Stream<Path> entries = Files.list(cgroup)) {
      return entries.noneMatch(Files::isDirectory);
    }
  }

  private static void removeTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.toList().reversed()) {
        Files.delete(path);
      }
    }
  }

  private static String unescape(String mountinfoField) {
    return mountinfoField.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
  }
}

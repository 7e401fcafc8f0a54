package org.jcontainerd.testing.leak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What runtimes make on a host, by kind: mounts, links, cgroups, network namespaces, nf_tables
 * tables, processes. Two of them compared show what was left behind. Where other work goes on at
 * the same time, the system property {@code leak.ignore} is a regular expression: what has a match
 * of it in its kind and name is not looked at. It is not set in the project's own runs.
 *
 * @param items names by kind
 */
public record HostState(Map<String, Set<String>> items) {
  private static final String IGNORED = "leak.ignore";
  private static final String RESERVE = "jrunc-reserve";
  private static final String SHIM = "org.jcontainerd.jshim.Main";

  private static final Pattern RUNTIME =
      Pattern.compile("jcontainerd|jrunc|containerd-shim|runc|/tmp/jc");
  private static final String UNUSED = "unused nf_tables table";

  /** The tables of our CNI plugins; every rule of a pod in them has a comment. */
  private static final Pattern SHARED =
      Pattern.compile("table (inet cni_plugins_masquerade|ip6? cni_hostport)");

  private static final String COMMENTED_RULE = "\t\t.* comment \".*";
  private static final Duration SETTLING = Duration.ofSeconds(10);

  public HostState {
    items = Map.copyOf(items);
  }

  /** The host as it is now, seen from this process's namespaces. */
  public static HostState capture() throws IOException {
    List<String> ruleset = ruleset();
    return new HostState(
        Map.of(
            "mount",
            mounts(),
            "link",
            names(Path.of("/sys/class/net")),
            "cgroup",
            cgroups(),
            "network namespace",
            names(Path.of("/run/netns")),
            "nf_tables chain",
            chains(ruleset),
            UNUSED,
            unusedTables(ruleset),
            "process",
            processes()));
  }

  /**
   * What is there now and was not there then. The kernel and exiting processes finish some things
   * in the background, so this looks again for up to ten seconds before it answers that something
   * is left.
   *
   * @return lines of kind and name, empty if nothing is left
   */
  public List<String> left() throws IOException, InterruptedException {
    return left(_ -> false);
  }

  /** As {@link #left()}, without the lines that are meant to be there. */
  public List<String> left(Predicate<String> expected) throws IOException, InterruptedException {
    return left(expected, Set.of());
  }

  /**
   * As {@link #left(Predicate)}, after pods in networks of ours: the end of the last one removes
   * the tables that pods share, whoever made them, so one without a pod's rule is left behind even
   * if it was there before.
   */
  public List<String> leftByPods(Predicate<String> expected)
      throws IOException, InterruptedException {
    return left(expected, Set.of(UNUSED));
  }

  private List<String> left(Predicate<String> expected, Set<String> always)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + SETTLING.toNanos();
    while (true) {
      List<String> left = difference(capture(), always).stream().filter(expected.negate()).toList();
      if (left.isEmpty() || System.nanoTime() > deadline) {
        return left;
      }
      Thread.sleep(50);
    }
  }

  /** What was there then does not count, but for the kinds of {@code always}. */
  private List<String> difference(HostState now, Set<String> always) {
    var ignored = Pattern.compile(System.getProperty(IGNORED, "(?!)")); // else: matches nothing
    var left = new ArrayList<String>();
    new TreeMap<>(now.items)
        .forEach((kind, names) -> {
          var added = new TreeSet<>(names);
          if (!always.contains(kind)) {
            added.removeAll(items.getOrDefault(kind, Set.of()));
          }
          added.stream()
              .map(name -> kind + " " + name)
              .filter(each -> !ignored.matcher(each).find())
              .forEach(left::add);
        });
    return left;
  }

  private static Set<String> mounts() throws IOException {
    var points = new HashSet<String>();
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      points.add(line.split(" ")[4]);
    }
    return points;
  }

  private static Set<String> names(Path directory) throws IOException {
    var names = new HashSet<String>();
    if (Files.isDirectory(directory)) {
      try (Stream<Path> entries = Files.list(directory)) {
        entries.forEach(each -> names.add(String.valueOf(each.getFileName())));
      }
    }
    return names;
  }

  private static Set<String> cgroups() throws IOException {
    var directories = new HashSet<String>();
    Files.walkFileTree(
        Path.of("/sys/fs/cgroup"),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            directories.add(directory.toString());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE; // removed while we walked
          }
        });
    return directories;
  }

  private static List<String> ruleset() throws IOException {
    Process nft =
        new ProcessBuilder("nft", "list", "ruleset")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String text = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!nft.waitFor(10, TimeUnit.SECONDS) || nft.exitValue() != 0) {
        throw new IOException("nft list ruleset: did not succeed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("nft list ruleset: interrupted", e);
    }
    return text.lines().toList();
  }

  private static Set<String> unusedTables(List<String> ruleset) {
    var unused = new HashSet<String>();
    String table = "";
    for (String line : ruleset) {
      if (line.startsWith("table ")) {
        table = line.replace(" {", "");
        if (SHARED.matcher(table).matches()) {
          unused.add(table);
        }
      } else if (line.matches(COMMENTED_RULE)) {
        unused.remove(table);
      }
    }
    return unused;
  }

  private static Set<String> chains(List<String> ruleset) {
    var chains = new HashSet<String>();
    String table = "";
    for (String line : ruleset) {
      if (line.startsWith("table ")) {
        table = line.replace(" {", "");
      } else if (line.startsWith("\tchain ")) {
        chains.add(table + line.replace(" {", "").replace('\t', ' '));
      }
    }
    return chains;
  }

  /**
   * Processes by number and command line, those that a runtime can have left: what runs in another
   * mount namespace, from a memory file (the helper), or names a runtime or a test's directory on
   * its command line. What else starts on the host meanwhile is the host's.
   */
  private static Set<String> processes() throws IOException {
    Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
    var found = new HashSet<String>();
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      try {
        Path proc = Path.of("/proc/" + process.pid());
        String command =
            new String(Files.readAllBytes(proc.resolve("cmdline")), StandardCharsets.ISO_8859_1)
                .replace('\0', ' ');
        if (command.isEmpty()) {
          continue; // a kernel thread, or a zombie
        }
        boolean contained =
            !Files.readSymbolicLink(proc.resolve("ns/mnt")).equals(ours)
                || Files.readSymbolicLink(proc.resolve("exe")).toString().startsWith("/memfd:");
        if (contained && isInReserve(process)) {
          continue;
        }
        if (contained || RUNTIME.matcher(command).find()) {
          found.add(process.pid() + " " + command);
        }
      } catch (AccessDeniedException _) {
        // what hides from root is no process that a runtime started
      } catch (IOException e) {
        if (process.isAlive()) {
          throw e;
        }
        // else it ended while we looked
      }
    }
    return found;
  }

  /** A helper that waits for its plan, of a shim that lives: each shim has one at most. */
  private static boolean isInReserve(ProcessHandle process) throws IOException {
    if (!Files.readString(Path.of("/proc/" + process.pid() + "/comm")).strip().equals(RESERVE)) {
      return false;
    }
    Optional<ProcessHandle> parent = process.parent();
    try {
      return parent.isPresent()
          && Files.readString(
                  Path.of("/proc/" + parent.get().pid() + "/cmdline"), StandardCharsets.ISO_8859_1)
              .contains(SHIM);
    } catch (NoSuchFileException _) {
      return false; // the shim has just ended
    }
  }
}

package org.jcontainerd.jrunc.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.testing.Patience;

/**
 * The OCI runtime that the suite is run against: ours as compiled, or the program that the system
 * property {@code oci.runtime} names. Runc and crun must pass as well; a test that they fail is
 * wrong until shown otherwise.
 */
public final class RuntimeUnderTest {
  private static final Duration LIMIT = Patience.of(Duration.ofSeconds(60));

  /** What one command answered. */
  public record Result(int code, String stdout, String stderr) {
    /** Everything that was said, for messages. */
    public String said() {
      return "exit code " + code + ", stdout '" + stdout + "', stderr '" + stderr + "'";
    }
  }

  private final List<String> program;
  private final String name;
  private final Path root;
  private final Path scratch;

  private RuntimeUnderTest(List<String> program, String name, Path root, Path scratch) {
    this.program = program;
    this.name = name;
    this.root = root;
    this.scratch = scratch;
  }

  /** The runtime, with its state below {@code scratch}. */
  public static RuntimeUnderTest open(Path scratch) throws IOException {
    String given = System.getProperty("oci.runtime", "");
    Path root = scratch.resolve("state");
    if (given.isEmpty()) {
      return new RuntimeUnderTest(ours(), "jrunc", root, scratch);
    }
    String name = String.valueOf(Path.of(given).getFileName());
    return new RuntimeUnderTest(
        name.equals("crun") ? hidden(given) : List.of(given), name, root, scratch);
  }

  private static List<String> ours() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String path =
        System.getProperty("jdk.module.path", "") + ":" + System.getProperty("java.class.path", "");
    return List.of(
        java,
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx64m",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        path,
        "org.jcontainerd.jrunc.Main");
  }

  /**
   * Crun refuses a hybrid layout that has controllers in the unified tree: it is hidden from it.
   */
  private static List<String> hidden(String crun) {
    String script =
        "if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi; exec \"$@\"";
    return List.of("unshare", "-m", "sh", "-c", script, "sh", crun);
  }

  /**
   * The same runtime, run by a user who is not root and whom no file of the host names: one with
   * the given lines in {@code /etc/subuid} and {@code /etc/subgid}, which only the command sees.
   */
  public RuntimeUnderTest asUser(int uid, String subordinates) throws IOException {
    Path files = Files.createDirectories(scratch.resolve("user-" + uid));
    Files.writeString(files.resolve("subids"), subordinates);
    Files.writeString(
        files.resolve("passwd"),
        "root:x:0:0::/root:/bin/sh\nbox:x:%d:%d::/:/bin/sh\n".formatted(uid, uid));
    String script =
        String.join(
            "\n",
            "set -e",
            "mount --bind %s/subids /etc/subuid".formatted(files),
            "mount --bind %s/subids /etc/subgid".formatted(files),
            "mount --bind %s/passwd /etc/passwd".formatted(files),
            "if [ %s = crun ] && mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi"
                .formatted(name),
            "exec setpriv --reuid=%d --regid=%d --clear-groups \"$@\"".formatted(uid, uid));
    var command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", script, "sh"));
    command.addAll(isOurs() ? readable(files) : List.of(System.getProperty("oci.runtime")));
    Path own = Files.createDirectories(files.resolve("state"));
    Files.setAttribute(own, "unix:uid", uid);
    Files.setAttribute(own, "unix:gid", uid);
    letThrough(scratch);
    return new RuntimeUnderTest(command, name, own, scratch);
  }

  /** Our command with a copy of the class path, which may be below a directory of root's alone. */
  private static List<String> readable(Path files) throws IOException {
    var command = new ArrayList<>(ours());
    int at = command.indexOf("-cp") + 1;
    var copies = new ArrayList<String>();
    for (String entry : command.get(at).split(":")) {
      if (!entry.isEmpty() && Files.exists(Path.of(entry)) && !entry.contains("test")) {
        Path copy = Files.createDirectories(files.resolve("lib" + copies.size()));
        try {
          var copied =
              new ProcessBuilder("cp", "-rL", entry, copy.toString()).inheritIO().start().waitFor();
          if (copied != 0) {
            throw new IOException("cp " + entry + ": exit code " + copied);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("cp " + entry + ": interrupted", e);
        }
        copies.add(copy.resolve(Path.of(entry).getFileName()).toString());
      }
    }
    command.set(at, String.join(":", copies));
    return command;
  }

  /** Lets everybody through the directory and those above it, not look into it. */
  static void letThrough(Path directory) throws IOException {
    for (Path at = directory; at != null && at.getNameCount() > 0; at = at.getParent()) {
      var mode = new java.util.HashSet<>(Files.getPosixFilePermissions(at));
      if (mode.add(PosixFilePermission.OTHERS_EXECUTE)) {
        Files.setPosixFilePermissions(at, mode);
      }
    }
  }

  /** jrunc, runc or crun. */
  public String name() {
    return name;
  }

  public boolean isOurs() {
    return name.equals("jrunc");
  }

  /** Directory of the containers' state. */
  public Path root() {
    return root;
  }

  /** The same program with its state elsewhere. */
  public RuntimeUnderTest at(Path other) {
    return new RuntimeUnderTest(program, name, other, scratch);
  }

  /** The same program with more in its environment, for every command. */
  public RuntimeUnderTest with(Map<String, String> environment) {
    var command = new ArrayList<>(List.of("env"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(program);
    return new RuntimeUnderTest(command, name, root, scratch);
  }

  /** Starts one command that stays; what it prints goes to a file. */
  public Process background(Path out, String... arguments) throws IOException {
    var command = new ArrayList<>(program);
    command.add("--root");
    command.add(root.toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(out.toFile())
        .redirectError(out.toFile())
        .start();
  }

  /** Runs one command; output goes to files, because a created container inherits it. */
  public Result run(String... arguments) throws IOException {
    return runWith(Map.of(), List.of(), arguments);
  }

  /** As {@link #run}, after a shell has set up descriptors. */
  public Result throughShell(String setup, String... arguments) throws IOException {
    return afterShell(setup).run(arguments);
  }

  /** This runtime, called by a process of a cgroup of v2. */
  public RuntimeUnderTest from(Path cgroup) {
    return afterShell("echo $$ > '" + cgroup.resolve("cgroup.procs") + "'");
  }

  private RuntimeUnderTest afterShell(String setup) {
    var command = new ArrayList<>(List.of("sh", "-c", setup + "; exec \"$@\"", "sh"));
    command.addAll(program);
    return new RuntimeUnderTest(command, name, root, scratch);
  }

  /** As {@link #run}, with environment and with global options before the verb. */
  public Result runWith(Map<String, String> environment, List<String> global, String... arguments)
      throws IOException {
    var options = new ArrayList<>(List.of("--root", root.toString()));
    options.addAll(global);
    return call(environment, options, arguments);
  }

  /** As {@link #run}, without saying where the state is. */
  public Result withoutRoot(Map<String, String> environment, String... arguments)
      throws IOException {
    return call(environment, List.of(), arguments);
  }

  private Result call(Map<String, String> environment, List<String> global, String... arguments)
      throws IOException {
    var command = new ArrayList<>(program);
    command.addAll(global);
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(scratch, "out", "");
    Path err = Files.createTempFile(scratch, "err", "");
    var builder =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!ended(process)) {
      process.destroyForcibly();
      throw new IOException("not ended within " + LIMIT + ": " + command + text(err));
    }
    return new Result(process.exitValue(), text(out), text(err));
  }

  private static boolean ended(Process process) throws IOException {
    try {
      return process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("wait for the runtime: interrupted", e);
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}

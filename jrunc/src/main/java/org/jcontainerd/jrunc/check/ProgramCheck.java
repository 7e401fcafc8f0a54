package org.jcontainerd.jrunc.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.ContainerPath;
import org.jcontainerd.linux.fs.FileStat;
import org.jcontainerd.linux.fs.OpenFlag;
import org.jcontainerd.linux.fs.RootDir;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;

/** Whether the program is in the root, and whether this machine can run it. */
final class ProgramCheck {
  private static final int EXECUTE = 0111;

  private final Path rootfs;
  private final Spec spec;
  private final Findings findings;

  ProgramCheck(Path rootfs, Spec spec, Findings findings) {
    this.rootfs = rootfs;
    this.spec = spec;
    this.findings = findings;
  }

  void run() throws LinuxException {
    if (spec.process().isEmpty() || spec.process().get().args().isEmpty()) {
      return; // the compiler has said so
    }
    ProcessSpec process = spec.process().get();
    String name = process.args().get(0);
    try (RootDir root = RootDir.open(rootfs)) {
      List<String> candidates = candidates(process, name);
      if (candidates.stream().anyMatch(this::isMountedOver)) {
        return; // what will be there is not there yet
      }
      for (String candidate : candidates) {
        Optional<FileStat> found = stat(root, candidate);
        if (found.isPresent()) {
          look(root, candidate, found.get());
          return;
        }
      }
    }
    findings.add(
        "process.args[0]",
        name.contains("/")
            ? "'" + name + "' is not in the root file system"
            : "'" + name + "' is in no directory of PATH in the root file system",
        "Correct it, or put the program there");
  }

  private static List<String> candidates(ProcessSpec process, String name) {
    if (name.contains("/")) {
      return List.of(name.startsWith("/") ? name : process.cwd() + "/" + name);
    }
    String path =
        process.env().stream()
            .filter(entry -> entry.startsWith("PATH="))
            .map(entry -> entry.substring("PATH=".length()))
            .findFirst()
            .orElse("");
    var candidates = new ArrayList<String>();
    for (String directory : path.isEmpty() ? new String[0] : path.split(":")) {
      if (directory.startsWith("/")) {
        candidates.add(directory + "/" + name);
      }
    }
    return candidates;
  }

  private boolean isMountedOver(String path) {
    ContainerPath program = ContainerPath.of(path);
    return spec.mounts().stream()
        .map(Mount::destination)
        .anyMatch(to -> program.startsWith(ContainerPath.of(to)));
  }

  /** A path that leads through a loop or a file leads to nothing. */
  private static Optional<FileStat> stat(RootDir root, String path) throws LinuxException {
    try {
      return root.stat(ContainerPath.of(path));
    } catch (LinuxException e) {
      if (e.is(Errno.ELOOP, Errno.EACCES)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void look(RootDir root, String path, FileStat stat) throws LinuxException {
    if (stat.isDirectory()) {
      findings.add("process.args[0]", "'" + path + "' is a directory", "Name a program");
      return;
    }
    if ((stat.permissions() & EXECUTE) == 0) {
      findings.add(
          "process.args[0]", "'" + path + "' is not executable", "Set its mode with chmod +x");
      return;
    }
    ProgramFile file;
    try (Fd open = root.open(ContainerPath.of(path), OpenFlag.NON_BLOCKING)) {
      file = ProgramFile.read(open);
    }
    switch (file) {
      case ProgramFile.Foreign(String machine) ->
          findings.add(
              "process.args[0]",
              "'" + path + "' is a program for " + machine,
              "Use an image for this machine's architecture, or register an emulator in binfmt_misc");
      case ProgramFile.Unknown _ ->
          findings.add(
              "process.args[0]",
              "'" + path + "' is neither an ELF program nor a script with '#!'",
              "Name the interpreter in process.args, or begin the script with '#!'");
      case ProgramFile.Interpreted(String interpreter) -> {
        if (!isMountedOver(interpreter) && stat(root, interpreter).isEmpty()) {
          findings.add(
              "process.args[0]",
              "'" + path + "' needs the interpreter '" + interpreter + "', which is missing",
              "Put it into the root file system, or link the program statically");
        }
      }
      case ProgramFile.Complete _ -> {}
    }
  }
}

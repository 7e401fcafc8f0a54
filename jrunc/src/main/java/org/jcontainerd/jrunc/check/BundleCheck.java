package org.jcontainerd.jrunc.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.CreateRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jrunc.operation.PlanContainer;
import org.jcontainerd.jrunc.operation.RuntimeContext;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.oci.runtime.Hook;
import org.jcontainerd.oci.runtime.Hooks;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Rlimit;
import org.jcontainerd.oci.runtime.Spec;

/** Looks at a bundle and at this host, and makes nothing. */
public final class BundleCheck {
  private static final Path MOST_FILES = Path.of("/proc/sys/fs/nr_open");

  private final RuntimeContext context;
  private final Path bundle;
  private final Spec spec;
  private final Findings findings = new Findings();

  private BundleCheck(RuntimeContext context, Path bundle, Spec spec) {
    this.context = context;
    this.bundle = bundle;
    this.spec = spec;
  }

  /** Everything that was found, in the order of config.json. */
  public static List<Finding> of(RuntimeContext context, Path bundle, Spec spec, String newest)
      throws IOException {
    var check = new BundleCheck(context, bundle, spec);
    check.version(newest);
    check.plan();
    Optional<Path> root = check.root();
    if (root.isPresent()) {
      new ProgramCheck(root.get(), spec, check.findings).run();
    }
    check.limits();
    new MountCheck(bundle, spec, check.findings).run();
    check.hooks();
    Linux linux = spec.linux().orElseGet(() -> Linux.builder().build());
    new HostCheck(context, spec, linux, check.findings).run();
    return check.findings.all();
  }

  private void version(String newest) {
    if (!spec.ociVersion().matches("1\\.\\d+\\.\\d+.*")) {
      findings.add(
          "ociVersion",
          "'" + spec.ociVersion() + "' is none of the versions 1.0.0 to " + newest,
          "Write it for a version of 1.x; what a newer one adds is ignored here");
    }
  }

  /** What the compiler refuses, which is at most one thing, and what it changes. */
  private void plan() {
    boolean terminal = spec.process().map(ProcessSpec::terminal).orElse(false);
    Stdio stdio =
        terminal
            ? new Stdio.KeeperTerminal(Optional.empty())
            : new Stdio.KeeperPipes(true, true, true);
    var request = CreateRequest.kept("check", bundle, Optional.of(spec), stdio);
    try {
      new PlanContainer(context, request)
          .run()
          .warnings()
          .forEach(warning ->
              findings.add(
                  "process", warning, "Leave it out, or run jrunc with the right to give it"));
    } catch (RuncFailure.InvalidArgument e) {
      findings.add(e.field(), after(e.field(), e), "Correct it in config.json");
    } catch (RuncFailure.NotSupported e) {
      findings.add(e.field(), after(e.field(), e), "Leave it out, or use a host that has it");
    } catch (RuncFailure e) {
      findings.add(
          "config.json", String.valueOf(e.getMessage()), "'jrunc plan' shows how far it gets");
    }
  }

  /** The message without the field that it begins with. */
  private static String after(String field, RuncFailure failure) {
    String message = String.valueOf(failure.getMessage());
    return message.startsWith(field + ": ") ? message.substring(field.length() + 2) : message;
  }

  private Optional<Path> root() {
    if (spec.root().isEmpty()) {
      return Optional.empty(); // the compiler has said so
    }
    Path root = bundle.resolve(spec.root().get().path());
    if (Files.isDirectory(root)) {
      return Optional.of(root);
    }
    if (Files.exists(root)) {
      findings.add("root.path", "'" + root + "' is no directory", "Name one that holds the root");
    }
    return Optional.empty();
  }

  /** Even root cannot have more open files than the kernel allows for any process. */
  private void limits() throws IOException {
    List<Rlimit> limits = spec.process().map(ProcessSpec::rlimits).orElse(List.of());
    for (int i = 0; i < limits.size(); i++) {
      Rlimit limit = limits.get(i);
      String field = "process.rlimits[" + i + "]";
      if (Long.compareUnsigned(limit.soft(), limit.hard()) > 0) {
        findings.add(
            field, limit.type() + ": soft limit is above the hard one", "Make soft at most hard");
      }
      if (limit.type().equals("RLIMIT_NOFILE")) {
        long most = Long.parseLong(KernelFile.read(MOST_FILES).strip());
        if (Long.compareUnsigned(limit.hard(), most) > 0) {
          findings.add(
              field,
              "RLIMIT_NOFILE of %s is above the kernel's %d"
                  .formatted(Long.toUnsignedString(limit.hard()), most),
              "Lower it, or raise the sysctl fs.nr_open");
        }
      }
    }
  }

  private void hooks() {
    Hooks hooks = spec.hooks().orElseGet(() -> Hooks.builder().build());
    // Those of the container's own namespaces are looked up in its root: startContainer.
    var onHost = new LinkedHashMap<String, List<Hook>>();
    onHost.put("prestart", hooks.prestart());
    onHost.put("createRuntime", hooks.createRuntime());
    onHost.put("createContainer", hooks.createContainer());
    onHost.put("poststart", hooks.poststart());
    onHost.put("poststop", hooks.poststop());
    onHost.forEach((point, list) -> {
      for (int i = 0; i < list.size(); i++) {
        String path = list.get(i).path();
        if (!path.startsWith("/")) {
          findings.add(
              "hooks." + point + "[" + i + "].path",
              "'" + path + "' is not absolute",
              "Write the whole path");
        } else if (!Files.isExecutable(Path.of(path))) {
          findings.add(
              "hooks." + point + "[" + i + "].path",
              "'" + path + "' is missing or cannot be executed",
              "Install it, or take the hook out");
        }
      }
    });
  }
}

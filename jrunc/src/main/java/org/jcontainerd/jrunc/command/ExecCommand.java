package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.ExecRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jrunc.operation.ConfigText;
import org.jcontainerd.jrunc.operation.ExecProcess;
import org.jcontainerd.jrunc.operation.RuntimeContext;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.ProcessSpec;

/** {@code jrunc exec}. */
final class ExecCommand implements Command {
  @Override
  public String name() {
    return "exec";
  }

  @Override
  public String usage() {
    return "[options] CONTAINER COMMAND [ARGUMENTS]: run a further process in a container";
  }

  @Override
  public Flags flags() {
    return new Flags()
        .option("console-socket", "SOCKET", "unix socket that gets the terminal's master")
        .option("pidfd-socket", "SOCKET", "unix socket that gets a pidfd of the process")
        .option("cwd", "DIR", "working directory")
        .option('e', "env", "NAME=VALUE", "environment, may be given several times")
        .toggle('t', "tty", "give it a terminal")
        .option('u', "user", "UID[:GID]", "user")
        .option('g', "additional-gids", "GID", "supplementary group, may be given several times")
        .option('p', "process", "FILE", "the process as JSON")
        .toggle('d', "detach", "leave the process to itself")
        .option("pid-file", "FILE", "file that gets the process id")
        .option("process-label", "LABEL", "SELinux label")
        .option("apparmor", "PROFILE", "AppArmor profile")
        .toggle("no-new-privs", "no_new_privs")
        .option('c', "cap", "CAPABILITY", "capability to add, may be given several times")
        .option("preserve-fds", "N", "pass on so many descriptors from 3 on")
        .option("cgroup", "[CONTROLLER:]PATH", "cgroup below the container's")
        .toggle("trace", "print each step with its time")
        .toggle("ignore-paused", "also in a paused container")
        .onlyLeading();
  }

  @Override
  public int failureCode() {
    return 255; // so that it is none of the process's codes that matter
  }

  @Override
  public String failurePrefix() {
    return "exec failed: ";
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    String id = arguments.firstId(name());
    CallerDescriptors descriptors = CallerDescriptors.preserved(arguments);
    Map<String, String> cgroups = ExecFlags.cgroups(arguments.values("cgroup"));
    try (RuntimeContext context = RuntimeContext.open(invocation.options())) {
      ProcessSpec process = process(context, arguments, id);
      if (arguments.has("detach")) {
        Stdio stdio = ContainerFlags.detached(arguments, process.terminal());
        StartedProcess started =
            new ExecProcess(context, request(arguments, process, stdio, descriptors, cgroups))
                .run();
        PidFile.announce(arguments, started.pid());
        return 0;
      }
      ContainerFlags.checkForeground(arguments);
      try (Foreground foreground = Foreground.open(process.terminal())) {
        var request = request(arguments, process, foreground.stdio(), descriptors, cgroups);
        StartedProcess started = new ExecProcess(context, request).run();
        try (PidFd fd = PidFd.open(started.pid())) {
          PidFile.announce(arguments, started.pid());
          foreground.attach(fd);
          return foreground.await(fd);
        }
      }
    }
  }

  private static ExecRequest request(
      Arguments arguments,
      ProcessSpec process,
      Stdio stdio,
      CallerDescriptors descriptors,
      Map<String, String> cgroups) {
    return new ExecRequest(
        arguments.words().get(0),
        process,
        stdio,
        Optional.empty(),
        descriptors.preserved(),
        cgroups,
        arguments.has("ignore-paused"));
  }

  private static ProcessSpec process(RuntimeContext context, Arguments arguments, String id)
      throws IOException, RuncFailure, UsageException {
    Optional<String> file = arguments.value("process");
    if (file.isPresent()) {
      try {
        byte[] json = ConfigText.read(Path.of(file.get()));
        ConfigText.check(json);
        return OciJson.read(json, ProcessSpec.class);
      } catch (JsonException e) {
        throw new RuncFailure.InvalidArgument(file.get(), String.valueOf(e.getMessage()), e);
      }
    }
    List<String> command = arguments.words().subList(1, arguments.words().size());
    if (command.isEmpty()) {
      throw new UsageException("exec args cannot be empty");
    }
    ProcessSpec first =
        context
            .spec(id)
            .process()
            .orElseThrow(() -> new RuncFailure.InvalidArgument("process", "container has none"));
    return ExecFlags.apply(arguments, first, command);
  }
}

package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jcontainerd.jrunc.Caller;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Spec;

/** {@code jrunc spec}. */
final class SpecCommand implements Command {
  @Override
  public String name() {
    return "spec";
  }

  @Override
  public String usage() {
    return "[--bundle DIR] [--rootless]: write a config.json to start from";
  }

  @Override
  public Flags flags() {
    return new Flags()
        .option('b', "bundle", "DIR", "where to write (default: the current directory)")
        .toggle("rootless", "for a user without privileges");
  }

  @Override
  public int run(Invocation invocation) throws IOException, UsageException {
    invocation.arguments().none(name());
    Path file = Path.of(invocation.arguments().value("bundle").orElse(".")).resolve("config.json");
    try {
      Files.write(
          file,
          OciJson.writeIndented(example(invocation.arguments().has("rootless"))),
          StandardOpenOption.CREATE_NEW);
    } catch (java.nio.file.FileAlreadyExistsException e) {
      throw new IOException("File config.json exists. Remove it first", e);
    }
    return 0;
  }

  private static Spec example(boolean rootless) throws IOException {
    Caller caller = Caller.current();
    boolean unified = CgroupLayout.detect().mode() == CgroupLayout.Mode.UNIFIED;
    return ExampleSpec.of(rootless, unified, caller.uid(), caller.gid());
  }
}

package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.CreateRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jrunc.compile.CompiledPlan;
import org.jcontainerd.jrunc.operation.PlanContainer;
import org.jcontainerd.jrunc.operation.RuntimeContext;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;

/** {@code jrunc plan}: shows an operator what a container will get, step by step. */
final class PlanCommand implements Command {
  @Override
  public String name() {
    return "plan";
  }

  @Override
  public String usage() {
    return "[options] [CONTAINER]: print what create would do, and do nothing";
  }

  @Override
  public String description() {
    return """
    Compiles config.json to the plan that the helper runs, and prints it: as sentences \
    ("text"), as the steps with their values ("steps"), or as JSON.

    With --diff the plans of two bundles are compared: lines with a minus are only in the \
    bundle's own plan, lines with a plus only in the other's, and equal plans print nothing. \
    The bundles' own directories are written as BUNDLE in both.
    """;
  }

  @Override
  public Flags flags() {
    return new Flags()
        .option('b', "bundle", "DIR", "directory with config.json (default: the current one)")
        .option("diff", "DIR", "compare with the plan of another bundle")
        .option('f', "format", "text|steps|json", "format of the plan");
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    String id = arguments.words().isEmpty() ? "plan" : arguments.words().get(0);
    String format = arguments.value("format").orElse("text");
    if (!List.of("text", "steps", "json").contains(format)) {
      throw new UsageException("invalid format option");
    }
    Path bundle = ContainerFlags.bundle(arguments);
    CompiledPlan plan = compile(invocation, id, bundle);
    if (arguments.value("diff").isPresent()) {
      Path other = ContainerFlags.bundle(Path.of(arguments.value("diff").get()));
      List<String> ours = lines(plan, format, bundle);
      List<String> theirs = lines(compile(invocation, id, other), format, other);
      for (String line : LineDiff.of(ours, theirs)) {
        Output.text(line + "\n");
      }
      return 0;
    }
    plan.warnings().forEach(invocation.log()::warning);
    if (format.equals("json")) {
      json(plan);
    } else {
      Output.text(String.join("\n", lines(plan, format, Path.of("/"))) + "\n");
    }
    return 0;
  }

  private static CompiledPlan compile(Invocation invocation, String id, Path bundle)
      throws IOException, RuncFailure {
    Spec spec = ContainerFlags.read(bundle);
    boolean terminal = spec.process().map(ProcessSpec::terminal).orElse(false);
    Stdio stdio =
        terminal
            ? new Stdio.KeeperTerminal(Optional.empty())
            : new Stdio.KeeperPipes(true, true, true);
    try (RuntimeContext context = RuntimeContext.open(invocation.options())) {
      var request = CreateRequest.kept(id, bundle, Optional.of(spec), stdio);
      return new PlanContainer(context, request).run();
    }
  }

  /**
   * @param bundle directory that is written as BUNDLE; {@code /} for none
   */
  private static List<String> lines(CompiledPlan plan, String format, Path bundle) {
    var lines = new ArrayList<String>();
    for (PlanLine line : PlanLine.of(plan.plan())) {
      lines.add(
          "%-8s %s".formatted(line.place(), format.equals("steps") ? line.text() : line.words()));
    }
    if (format.equals("steps")) {
      for (int i = 0; i < plan.sources().size(); i++) {
        lines.add(
            "%-8s %s = %s".formatted("passed", plan.plan().passed().get(i), plan.sources().get(i)));
      }
    }
    return bundle.getNameCount() == 0
        ? lines
        : lines.stream().map(line -> line.replace(bundle.toString(), "BUNDLE")).toList();
  }

  private static void json(CompiledPlan plan) throws IOException {
    var document = new LinkedHashMap<String, Object>();
    document.put("steps", PlanLine.of(plan.plan()).stream().map(PlanLine::json).toList());
    var passed = new LinkedHashMap<String, Object>();
    for (int i = 0; i < plan.sources().size(); i++) {
      passed.put(plan.plan().passed().get(i).toString(), plan.sources().get(i).toString());
    }
    document.put("passed", passed);
    document.put("warnings", plan.warnings());
    Output.json(document);
  }
}

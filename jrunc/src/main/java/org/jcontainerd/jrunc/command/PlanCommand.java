package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
    return "[--bundle DIR] [--format text|json] [CONTAINER]: print the steps of create, make nothing";
  }

  @Override
  public Flags flags() {
    return new Flags()
        .option('b', "bundle", "DIR", "directory with config.json (default: the current one)")
        .option('f', "format", "text|json", "format of the list");
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    String id = arguments.words().isEmpty() ? "plan" : arguments.words().get(0);
    Path bundle = ContainerFlags.bundle(arguments);
    Spec spec = ContainerFlags.read(bundle);
    boolean terminal = spec.process().map(ProcessSpec::terminal).orElse(false);
    Stdio stdio =
        terminal
            ? new Stdio.KeeperTerminal(java.util.Optional.empty())
            : new Stdio.KeeperPipes(true, true, true);
    CompiledPlan plan;
    try (RuntimeContext context = RuntimeContext.open(invocation.options())) {
      var request = CreateRequest.kept(id, bundle, java.util.Optional.of(spec), stdio);
      plan = new PlanContainer(context, request).run();
    }
    plan.warnings().forEach(invocation.log()::warning);
    switch (arguments.value("format").orElse("text")) {
      case "json" -> json(plan);
      case "text" -> text(plan);
      default -> throw new UsageException("invalid format option");
    }
    return 0;
  }

  private static void text(CompiledPlan plan) throws IOException {
    var text = new StringBuilder();
    List<PlanLine> lines = PlanLine.of(plan.plan());
    for (PlanLine line : lines) {
      text.append("%3d %-7s %s%n".formatted(line.index(), line.place(), line.text()));
    }
    for (int i = 0; i < plan.sources().size(); i++) {
      text.append(
          "    passed  %s = %s%n".formatted(plan.plan().passed().get(i), plan.sources().get(i)));
    }
    Output.text(text.toString());
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

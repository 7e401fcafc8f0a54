package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import org.jcontainerd.jrunc.CreateRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.compile.CompiledPlan;

/** Compiles the plan of a container without making anything. */
public final class PlanContainer {
  private final RuntimeContext context;
  private final CreateRequest request;

  public PlanContainer(RuntimeContext context, CreateRequest request) {
    this.context = context;
    this.request = request;
  }

  public CompiledPlan run() throws RuncFailure {
    try {
      return new CreateContainer(context, request).plan();
    } catch (IOException e) {
      throw new RuncFailure.Failed("plan container '" + request.id() + "'", e);
    }
  }
}

package org.jcontainerd.jrunc.command;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jcontainerd.jrunc.OperationTrace;
import org.jcontainerd.jrunc.launch.HelperMessage;
import org.jcontainerd.jrunc.plan.Plan;

/**
 * {@code --trace}: a line per part of the operation and per step of its plan, with the milliseconds
 * since the program began to work and since the line before. A step's time was taken where it ran
 * (CLOCK_MONOTONIC, which is {@link System#nanoTime} here), so the line may be printed later.
 */
final class TraceLines implements OperationTrace {
  private static final double MILLI = 1e6;

  private final PrintStream to;
  private final long begin = System.nanoTime();
  private long last = begin;
  private List<PlanLine> lines = List.of();

  TraceLines(PrintStream to) {
    this.to = to;
  }

  @Override
  public void stage(String what) {
    line(System.nanoTime(), "runtime", what);
  }

  @Override
  public void plan(Plan plan) {
    lines = PlanLine.of(plan);
    stage("made the plan of " + lines.size() + " steps and started the helper");
  }

  @Override
  public void step(HelperMessage.Done done) {
    PlanLine step = lines.get(done.step());
    line(done.monotonicNanos(), step.place(), step.words());
  }

  private void line(long nanos, String place, String what) {
    to.println(
        String.format(
            Locale.ROOT,
            "%9.3f ms %+9.3f  %-8s %s",
            (nanos - begin) / MILLI,
            (nanos - last) / MILLI,
            place,
            what));
    last = nanos;
  }
}

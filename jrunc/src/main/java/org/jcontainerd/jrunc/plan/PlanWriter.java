package org.jcontainerd.jrunc.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Encodes a plan for the helper: header, then op, flags, length and payload of each step. */
public final class PlanWriter {
  /** What header and steps look like; the helper refuses any other. */
  public static final int VERSION = 2;

  /** The helper reads no more (PLAN_LIMIT of plan.h). */
  public static final int MOST_BYTES = 4 << 20;

  private static final byte[] MAGIC = "JRPL".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 24;
  private static final int STEP_HEADER = 8;
  private static final int TRACE = 1;
  private static final int LENIENT = 1;

  private PlanWriter() {}

  /** The bytes of the plan. */
  public static byte[] write(Plan plan) {
    return write(plan, false);
  }

  /**
   * The bytes of the plan.
   *
   * @param trace whether the helper answers with the time after each step
   */
  public static byte[] write(Plan plan, boolean trace) {
    List<byte[]> steps = new ArrayList<>(plan.steps().size());
    int length = HEADER;
    for (Step step : plan.steps()) {
      byte[] bytes = step(step);
      steps.add(bytes);
      length += bytes.length;
    }
    var out =
        ByteBuffer.allocate(length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(MAGIC)
            .putInt(VERSION)
            .putInt(length)
            .putInt(steps.size())
            .putInt(plan.passed().size())
            .putInt(trace ? TRACE : 0);
    steps.forEach(out::put);
    return out.array();
  }

  private static byte[] step(Step step) {
    Payload payload = StepWriter.write(step);
    byte[] content = payload.finish();
    return ByteBuffer.allocate(STEP_HEADER + content.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) payload.op().number())
        .putShort((short) (step instanceof Step.Lenient ? LENIENT : 0))
        .putInt(content.length)
        .put(content)
        .array();
  }

  /** The name of the op with this number, as the helper's reports carry it. */
  public static String opLabel(int number) {
    for (Op op : Op.values()) {
      if (op.number() == number) {
        return op.label();
      }
    }
    return "op " + number;
  }
}

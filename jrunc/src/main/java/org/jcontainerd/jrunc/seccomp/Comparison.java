package org.jcontainerd.jrunc.seccomp;

import java.util.List;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.SyscallArg;

/**
 * A condition on an argument of a call.
 *
 * @param index which argument, 0 to 5
 * @param mask bits that are compared; all but for MASKED_EQ
 */
record Comparison(int index, Operator operator, long mask, long value) {

  /** How an argument is compared; unsigned. */
  enum Operator {
    NE,
    LT,
    LE,
    EQ,
    GE,
    GT,
    MASKED_EQ;

    static final List<String> NAMES =
        List.of(
            "SCMP_CMP_EQ",
            "SCMP_CMP_GE",
            "SCMP_CMP_GT",
            "SCMP_CMP_LE",
            "SCMP_CMP_LT",
            "SCMP_CMP_MASKED_EQ",
            "SCMP_CMP_NE");
  }

  static final int ARGUMENTS = 6;

  static Comparison parse(String field, SyscallArg arg) throws RuncFailure.InvalidArgument {
    if (arg.index() < 0 || arg.index() >= ARGUMENTS) {
      throw new RuncFailure.InvalidArgument(
          field + ".index", "argument " + arg.index() + " is not in 0 to 5");
    }
    if (!Operator.NAMES.contains(arg.op())) {
      throw new RuncFailure.InvalidArgument(field + ".op", "unknown operator '" + arg.op() + "'");
    }
    Operator operator = Operator.valueOf(arg.op().substring("SCMP_CMP_".length()));
    return operator == Operator.MASKED_EQ
        ? new Comparison(arg.index(), operator, arg.value(), arg.valueTwo() & arg.value())
        : new Comparison(arg.index(), operator, -1, arg.value());
  }

  /** Whether it depends on the argument, of which 32 bits count if it is not {@code wide}. */
  boolean asks(boolean wide) {
    return (wide ? mask : (int) mask) != 0;
  }

  static Comparison equal(int index, long value) {
    return new Comparison(index, Operator.EQ, -1, value);
  }
}

package org.jcontainerd.ttrpc;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Status codes on the wire ({@code google.rpc.Code}). Immutable.
 *
 * @see <a
 *     href="https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto">code.proto</a>
 */
public enum Code {
  OK(0),
  CANCELLED(1),
  UNKNOWN(2),
  INVALID_ARGUMENT(3),
  DEADLINE_EXCEEDED(4),
  NOT_FOUND(5),
  ALREADY_EXISTS(6),
  PERMISSION_DENIED(7),
  RESOURCE_EXHAUSTED(8),
  FAILED_PRECONDITION(9),
  ABORTED(10),
  OUT_OF_RANGE(11),
  UNIMPLEMENTED(12),
  INTERNAL(13),
  UNAVAILABLE(14),
  DATA_LOSS(15),
  UNAUTHENTICATED(16);

  private static final Map<Integer, Code> BY_NUMBER =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Code::number, code -> code));

  private final int number;

  Code(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** The code of a wire number; numbers that nobody defined are {@link #UNKNOWN}, as in gRPC. */
  public static Code of(int number) {
    return BY_NUMBER.getOrDefault(number, UNKNOWN);
  }
}

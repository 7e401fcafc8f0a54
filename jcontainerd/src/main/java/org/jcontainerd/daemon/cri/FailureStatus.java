package org.jcontainerd.daemon.cri;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.concurrent.TimeoutException;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.image.ImageFailure;
import org.jcontainerd.daemon.shim.ShimFailure;

/**
 * The one place where a failure becomes a gRPC status. kubelet acts on NOT_FOUND, DEADLINE_EXCEEDED
 * and UNIMPLEMENTED, and shows the text of UNKNOWN unchanged: hence UNKNOWN for what the system
 * refused, and INTERNAL for our own mistakes only.
 */
final class FailureStatus {
  private static final int LONGEST_TEXT = 4096;

  private FailureStatus() {}

  static StatusException of(Throwable failure) {
    return code(failure).withDescription(text(failure)).withCause(failure).asException();
  }

  private static Status code(Throwable failure) {
    Context context = Context.current();
    if (context.isCancelled()) {
      return context.cancellationCause() instanceof TimeoutException
          ? Status.DEADLINE_EXCEEDED
          : Status.CANCELLED;
    }
    return switch (failure) {
      case DaemonFailure f -> code(f);
      case ImageFailure f -> code(f);
      case ShimFailure f -> code(f);
      case Error _, RuntimeException _ -> Status.INTERNAL;
      default -> Status.UNKNOWN;
    };
  }

  private static Status code(DaemonFailure failure) {
    return switch (failure) {
      case DaemonFailure.NotFound _ -> Status.NOT_FOUND;
      case DaemonFailure.AlreadyExists _ -> Status.ALREADY_EXISTS;
      case DaemonFailure.FailedPrecondition _ -> Status.FAILED_PRECONDITION;
      case DaemonFailure.InvalidArgument _ -> Status.INVALID_ARGUMENT;
      case DaemonFailure.Unavailable _ -> Status.UNAVAILABLE;
      case DaemonFailure.DeadlineExceeded _ -> Status.DEADLINE_EXCEEDED;
      case DaemonFailure.Unimplemented _ -> Status.UNIMPLEMENTED;
      case DaemonFailure.OperationFailed _ -> Status.UNKNOWN;
    };
  }

  private static Status code(ImageFailure failure) {
    return switch (failure) {
      case ImageFailure.NotFound _ -> Status.NOT_FOUND;
      case ImageFailure.InvalidReference _ -> Status.INVALID_ARGUMENT;
      case ImageFailure.Unauthorized _ -> Status.UNAUTHENTICATED;
      case ImageFailure.Unavailable _,
          ImageFailure.DigestMismatch _,
          ImageFailure.CorruptImage _,
          ImageFailure.Unsupported _,
          ImageFailure.Storage _ ->
          Status.UNKNOWN;
      case ImageFailure.NoSpace _ -> Status.RESOURCE_EXHAUSTED;
    };
  }

  /** NOT_FOUND is for what the client named: a task that is missing below is our trouble. */
  private static Status code(ShimFailure failure) {
    return switch (failure) {
      case ShimFailure.NotFound _, ShimFailure.FailedPrecondition _ -> Status.FAILED_PRECONDITION;
      case ShimFailure.AlreadyExists _, ShimFailure.Refused _ -> Status.UNKNOWN;
      case ShimFailure.Unavailable _ -> Status.UNAVAILABLE;
    };
  }

  /** The messages of the failure and its causes, outer first, each only if it adds something. */
  static String text(Throwable failure) {
    var text = new StringBuilder();
    for (Throwable t = failure; t != null; t = complete(t) ? null : t.getCause()) {
      String message = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
      if (text.indexOf(message) < 0) {
        text.append(text.isEmpty() ? "" : ": ").append(message);
      }
    }
    for (Throwable also : failure.getSuppressed()) {
      text.append("; also ").append(also.getMessage());
    }
    return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "..." : text.toString();
  }

  /** Whether the message says what its cause says. */
  private static boolean complete(Throwable failure) {
    return failure instanceof ShimFailure && !(failure instanceof ShimFailure.Unavailable);
  }
}

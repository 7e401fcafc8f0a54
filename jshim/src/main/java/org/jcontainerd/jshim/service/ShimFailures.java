package org.jcontainerd.jshim.service;

import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jshim.ShimLog;
import org.jcontainerd.jshim.task.IllegalTransition;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.ttrpc.Code;
import org.jcontainerd.ttrpc.FailureMapper;
import org.jcontainerd.ttrpc.Method;
import org.jcontainerd.ttrpc.TtrpcException;

/** The one place that turns failures into codes; logs those that nobody can be blamed for. */
public final class ShimFailures implements FailureMapper {
  private final ShimLog log;

  public ShimFailures(ShimLog log) {
    this.log = log;
  }

  @Override
  public TtrpcException map(Method<?, ?> method, Throwable failure) {
    return switch (failure) {
      case TtrpcException status -> status;
      case ShimFailure ours -> status(code(ours), ours);
      case IllegalTransition state -> status(Code.FAILED_PRECONDITION, state);
      case RuncFailure runtime -> runtime(method, runtime);
      case JsonException json -> status(Code.INVALID_ARGUMENT, json);
      default -> unexpected(method, failure);
    };
  }

  private static Code code(ShimFailure failure) {
    return switch (failure) {
      case ShimFailure.NotFound _ -> Code.NOT_FOUND;
      case ShimFailure.AlreadyExists _ -> Code.ALREADY_EXISTS;
      case ShimFailure.FailedPrecondition _ -> Code.FAILED_PRECONDITION;
      case ShimFailure.InvalidArgument _ -> Code.INVALID_ARGUMENT;
      case ShimFailure.Unimplemented _ -> Code.UNIMPLEMENTED;
    };
  }

  private TtrpcException runtime(Method<?, ?> method, RuncFailure failure) {
    return switch (failure) {
      case RuncFailure.NotFound _ -> status(Code.NOT_FOUND, failure);
      case RuncFailure.AlreadyExists _ -> status(Code.ALREADY_EXISTS, failure);
      case RuncFailure.InvalidArgument _ -> status(Code.INVALID_ARGUMENT, failure);
      case RuncFailure.FailedPrecondition _ -> status(Code.FAILED_PRECONDITION, failure);
      case RuncFailure.NotSupported _ -> status(Code.UNIMPLEMENTED, failure);
      // As containerd's shim: the text is what reaches the user, "executable file not found" and
      // such.
      case RuncFailure.ExecFailed _ -> status(Code.UNKNOWN, failure);
      case RuncFailure.Failed _ -> unexpected(method, failure);
    };
  }

  private TtrpcException unexpected(Method<?, ?> method, Throwable failure) {
    log.error(method.path(), failure);
    return status(Code.UNKNOWN, failure);
  }

  private static TtrpcException status(Code code, Throwable failure) {
    return new TtrpcException(code, String.valueOf(failure.getMessage()), failure);
  }
}

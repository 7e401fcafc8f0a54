package org.jcontainerd.daemon.cri;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds the calls of a service to their implementations. {@link #build} fails when a method of the
 * service is missing, so that a new version of the contract cannot be served by half.
 *
 * <p>Every call passes through here: it is timed, logged once, and its failure mapped.
 */
public final class RpcTable {
  private static final Logger log = LoggerFactory.getLogger(RpcTable.class);

  private final ServerServiceDefinition.Builder service;

  public RpcTable(ServiceDescriptor descriptor) {
    this.service = ServerServiceDefinition.builder(descriptor);
  }

  /** A call with one answer. */
  @CanIgnoreReturnValue
  public <Q, R> RpcTable unary(MethodDescriptor<Q, R> method, Rpc<? super Q, ? extends R> rpc) {
    var _ =
        service.addMethod(
            method, ServerCalls.asyncUnaryCall((q, out) -> answer(method, rpc, q, out)));
    return this;
  }

  /** A call with a stream of answers. */
  @CanIgnoreReturnValue
  public <Q, R> RpcTable stream(MethodDescriptor<Q, R> method, StreamRpc<? super Q, R> rpc) {
    var _ =
        service.addMethod(
            method, ServerCalls.asyncServerStreamingCall((q, out) -> answer(method, rpc, q, out)));
    return this;
  }

  /** A call that does not work yet: UNIMPLEMENTED with {@code sentence}. */
  @CanIgnoreReturnValue
  public <Q, R> RpcTable notYet(MethodDescriptor<Q, R> method, String sentence) {
    var status = Status.UNIMPLEMENTED.withDescription(sentence);
    var _ =
        service.addMethod(
            method, ServerCalls.asyncUnaryCall((_, out) -> out.onError(status.asException())));
    return this;
  }

  /**
   * The complete service.
   *
   * @throws IllegalStateException if a method of the descriptor has no implementation
   */
  public ServerServiceDefinition build() {
    return service.build();
  }

  private static <Q, R> void answer(
      MethodDescriptor<Q, R> method,
      Rpc<? super Q, ? extends R> rpc,
      Q request,
      StreamObserver<R> out) {
    long begin = System.nanoTime();
    R response;
    try {
      response = rpc.call(request);
    } catch (Throwable t) {
      fail(method, begin, t, out);
      return;
    }
    finish(method, begin);
    out.onNext(response);
    out.onCompleted();
  }

  private static <Q, R> void answer(
      MethodDescriptor<Q, R> method,
      StreamRpc<? super Q, R> rpc,
      Q request,
      StreamObserver<R> out) {
    long begin = System.nanoTime();
    var call = (ServerCallStreamObserver<R>) out;
    try {
      rpc.call(
          request,
          message -> {
            awaitReady(call);
            call.onNext(message);
          });
    } catch (Throwable t) {
      fail(method, begin, t, out);
      return;
    }
    finish(method, begin);
    out.onCompleted();
  }

  private static void finish(MethodDescriptor<?, ?> method, long begin) {
    log.atDebug()
        .addKeyValue("rpc", method.getBareMethodName())
        .addKeyValue("micros", (System.nanoTime() - begin) / 1000)
        .log("call answered");
  }

  private static void fail(
      MethodDescriptor<?, ?> method, long begin, Throwable failure, StreamObserver<?> out) {
    var status = FailureStatus.of(failure);
    boolean ours = status.getStatus().getCode() == Status.Code.INTERNAL;
    var event = ours ? log.atError().setCause(failure) : log.atInfo();
    event
        .addKeyValue("rpc", method.getBareMethodName())
        .addKeyValue("micros", (System.nanoTime() - begin) / 1000)
        .addKeyValue("code", status.getStatus().getCode())
        .addKeyValue("error", status.getStatus().getDescription())
        .log("call failed");
    log.atDebug().setCause(failure).log("cause of the failed call");
    out.onError(status);
  }

  /**
   * Waits until the client can take another message, so that a slow one costs no memory. The ready
   * handler of gRPC can only be set before the call starts, hence the parking.
   */
  private static void awaitReady(ServerCallStreamObserver<?> call) {
    while (!call.isReady() && !call.isCancelled()) {
      LockSupport.parkNanos(call, 1_000_000);
    }
    if (call.isCancelled()) {
      throw new CancellationException("client is gone");
    }
  }
}

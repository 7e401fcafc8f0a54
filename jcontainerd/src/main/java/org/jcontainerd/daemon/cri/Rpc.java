package org.jcontainerd.daemon.cri;

/**
 * One call of the CRI, on a virtual thread of its own. Failures are thrown; {@link FailureStatus}
 * turns them into gRPC statuses, so no call builds one.
 *
 * @param <Q> request
 * @param <R> response
 */
@FunctionalInterface
public interface Rpc<Q, R> {
  R call(Q request) throws Exception;
}

package org.jcontainerd.ttrpc;

/**
 * Turns what a handler threw into the status that travels. The one place of a server that chooses
 * codes, and the one that logs what nobody expected. Thread-safe.
 */
@FunctionalInterface
public interface FailureMapper {
  TtrpcException map(Method<?, ?> method, Throwable failure);

  /** A {@link TtrpcException} as it is; everything else UNKNOWN with the failure's text. */
  static FailureMapper plain() {
    return (_, failure) ->
        failure instanceof TtrpcException status
            ? status
            : new TtrpcException(Code.UNKNOWN, String.valueOf(failure.getMessage()), failure);
  }
}

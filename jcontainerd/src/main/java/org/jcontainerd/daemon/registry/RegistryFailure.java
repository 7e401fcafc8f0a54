package org.jcontainerd.daemon.registry;

import java.util.ArrayList;
import java.util.List;

/**
 * Why a registry did not give what was asked. The message names what was asked and, for every
 * endpoint that was tried, its reason.
 */
public abstract sealed class RegistryFailure extends Exception {
  private final transient List<Attempt> attempts;

  private RegistryFailure(String operation, List<Attempt> attempts) {
    super(operation + ": " + describe(attempts));
    this.attempts = List.copyOf(attempts);
    attempts.forEach(attempt -> addSuppressed(attempt.failure));
  }

  /** What was tried, in order. */
  public List<Attempt> attempts() {
    return attempts;
  }

  private static String describe(List<Attempt> attempts) {
    var reasons = new ArrayList<String>();
    for (var attempt : attempts) {
      reasons.add("'" + attempt.endpoint + "': " + attempt.failure.getMessage());
    }
    return String.join("; ", reasons);
  }

  /** One endpoint and why it did not do. */
  public record Attempt(String endpoint, EndpointException failure) {}

  /** The registry answered that there is no such thing. */
  public static final class NotFound extends RegistryFailure {
    NotFound(String operation, List<Attempt> attempts) {
      super(operation, attempts);
    }
  }

  /** The registry refused these credentials, or the lack of any. */
  public static final class Unauthorized extends RegistryFailure {
    Unauthorized(String operation, List<Attempt> attempts) {
      super(operation, attempts);
    }
  }

  /** No endpoint could be reached or answered as it should; another attempt may do. */
  public static final class Unavailable extends RegistryFailure {
    Unavailable(String operation, List<Attempt> attempts) {
      super(operation, attempts);
    }
  }

  /** An answer is not what it should be: too large, no digest, malformed. */
  public static final class Malformed extends RegistryFailure {
    Malformed(String operation, List<Attempt> attempts) {
      super(operation, attempts);
    }
  }

  /** The failure that says most: a refusal of credentials before absence, both before silence. */
  static RegistryFailure of(String operation, List<Attempt> attempts) {
    var kinds = attempts.stream().map(attempt -> attempt.failure.kind()).toList();
    if (kinds.contains(EndpointException.Kind.UNAUTHORIZED)) {
      return new Unauthorized(operation, attempts);
    }
    if (kinds.contains(EndpointException.Kind.MALFORMED)) {
      return new Malformed(operation, attempts);
    }
    // a mirror without the image says nothing about the registry behind it: the last one decides
    if (!kinds.isEmpty() && kinds.getLast() == EndpointException.Kind.NOT_FOUND) {
      return new NotFound(operation, attempts);
    }
    return new Unavailable(operation, attempts);
  }
}

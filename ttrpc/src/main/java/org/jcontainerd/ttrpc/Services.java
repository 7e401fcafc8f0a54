package org.jcontainerd.ttrpc;

import com.google.protobuf.MessageLite;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The procedures a server answers, by service and name. Immutable. */
public final class Services {

  /** One procedure with its handler. */
  record Entry<Q extends MessageLite, R extends MessageLite>(
      Method<Q, R> method, Handler<Q, R> handler) {}

  private final Map<String, Map<String, Entry<?, ?>>> byService;

  private Services(Map<String, Map<String, Entry<?, ?>>> byService) {
    this.byService = byService;
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * @throws TtrpcException UNIMPLEMENTED, with the name that is not known
   */
  Entry<?, ?> find(Request request) throws TtrpcException {
    var methods =
        Optional.ofNullable(byService.get(request.service()))
            .orElseThrow(() -> unimplemented("service '" + request.service() + "'"));
    return Optional.<Entry<?, ?>>ofNullable(methods.get(request.method()))
        .orElseThrow(() -> unimplemented("method '" + request.path() + "'"));
  }

  private static TtrpcException unimplemented(String what) {
    return new TtrpcException(Code.UNIMPLEMENTED, what + " is not implemented");
  }

  /** Collects procedures. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Map<String, Entry<?, ?>>> byService = new HashMap<>();

    private Builder() {}

    /**
     * @throws IllegalArgumentException if the procedure has a handler already
     */
    @com.google.errorprone.annotations.CanIgnoreReturnValue
    public <Q extends MessageLite, R extends MessageLite> Builder add(
        Method<Q, R> method, Handler<Q, R> handler) {
      var methods = byService.computeIfAbsent(method.service(), _ -> new HashMap<>());
      if (methods.putIfAbsent(method.name(), new Entry<>(method, handler)) != null) {
        throw new IllegalArgumentException("method '" + method.path() + "' has two handlers");
      }
      return this;
    }

    public Services build() {
      var copy = new HashMap<String, Map<String, Entry<?, ?>>>();
      byService.forEach((service, methods) -> copy.put(service, Map.copyOf(methods)));
      return new Services(Map.copyOf(copy));
    }
  }
}

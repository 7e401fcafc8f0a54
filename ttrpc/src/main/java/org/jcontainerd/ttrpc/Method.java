package org.jcontainerd.ttrpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

/**
 * A remote procedure: its names and how its messages are read. One constant per procedure takes the
 * place of generated stubs. Immutable.
 *
 * @param service full protobuf name, {@code containerd.task.v3.Task}
 */
public record Method<Q extends MessageLite, R extends MessageLite>(
    String service, String name, Parser<Q> requestParser, Parser<R> responseParser) {

  /** The same procedure under another service name (task v2 and v3 share their messages). */
  public Method<Q, R> in(String otherService) {
    return new Method<>(otherService, name, requestParser, responseParser);
  }

  /** {@code service/name}, as it is written in messages. */
  public String path() {
    return service + "/" + name;
  }
}

package org.jcontainerd.ttrpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

/**
 * A remote procedure: its names and how its messages are read. One constant per procedure takes the
 * place of generated stubs. Immutable.
 *
 * @param service full protobuf name, {@code containerd.task.v3.Task}
 * @param maxResponseBytes longest response; more than the protocol's 4 MiB only between peers that
 *     both declare it
 */
public record Method<Q extends MessageLite, R extends MessageLite>(
    String service,
    String name,
    Parser<Q> requestParser,
    Parser<R> responseParser,
    int maxResponseBytes) {

  /** A procedure with the protocol's limit of 4 MiB. */
  public Method(String service, String name, Parser<Q> requestParser, Parser<R> responseParser) {
    this(service, name, requestParser, responseParser, FrameHeader.MAX_MESSAGE_BYTES);
  }

  /** The same procedure with longer responses. */
  public Method<Q, R> withMaxResponseBytes(int bytes) {
    return new Method<>(service, name, requestParser, responseParser, bytes);
  }

  /** The same procedure under another service name (task v2 and v3 share their messages). */
  public Method<Q, R> in(String otherService) {
    return new Method<>(otherService, name, requestParser, responseParser, maxResponseBytes);
  }

  /** {@code service/name}, as it is written in messages. */
  public String path() {
    return service + "/" + name;
  }
}

package org.jcontainerd.ttrpc;

import com.google.protobuf.MessageLite;

/** Serves one procedure. Called on a virtual thread of its own for every call. */
@FunctionalInterface
public interface Handler<Q extends MessageLite, R extends MessageLite> {
  /**
   * @throws Exception any failure; the server's {@link FailureMapper} turns it into a status
   */
  R handle(Q request, Call call) throws Exception;
}

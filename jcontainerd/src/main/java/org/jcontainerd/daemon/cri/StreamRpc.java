package org.jcontainerd.daemon.cri;

import java.util.function.Consumer;

/** One call of the CRI that answers with a stream of messages. */
@FunctionalInterface
public interface StreamRpc<Q, R> {
  /** Returns at the end of the stream; {@code out} is called by the calling thread only. */
  void call(Q request, Consumer<R> out) throws Exception;
}

package org.jcontainerd.daemon.streaming;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The streams that a remote-command client opened.
 *
 * @param error carries how the command ended
 * @param resize carries window sizes, as JSON documents {@code {"Width":..,"Height":..}}
 */
record RemoteStreams(
    SpdyStream error,
    Optional<SpdyStream> stdin,
    Optional<SpdyStream> stdout,
    Optional<SpdyStream> stderr,
    Optional<SpdyStream> resize) {
  private static final Duration CREATION = Duration.ofSeconds(30);

  /**
   * Waits for the streams that go with {@code wanted}; they come in any order.
   *
   * @throws IOException if the client opens another one, too few, or goes away
   */
  static RemoteStreams accept(SpdySession session, StreamSet wanted, boolean withSizes)
      throws IOException {
    Set<String> missing = new HashSet<>(Set.of("error"));
    addIf(missing, wanted.stdin(), "stdin");
    addIf(missing, wanted.stdout(), "stdout");
    addIf(missing, wanted.stderr(), "stderr");
    addIf(missing, wanted.tty() && withSizes, "resize");
    Map<String, SpdyStream> streams = new HashMap<>();
    while (!missing.isEmpty()) {
      SpdyStream stream = session.accept(CREATION);
      String type = stream.header("streamtype");
      if (!missing.remove(type)) {
        throw new IOException("remote command: unexpected stream of type '" + type + "'");
      }
      streams.put(type, stream);
    }
    SpdyStream error = streams.get("error");
    if (error == null) {
      throw new AssertionError("no error stream among " + streams.keySet());
    }
    return new RemoteStreams(
        error,
        Optional.ofNullable(streams.get("stdin")),
        Optional.ofNullable(streams.get("stdout")),
        Optional.ofNullable(streams.get("stderr")),
        Optional.ofNullable(streams.get("resize")));
  }

  private static void addIf(Set<String> names, boolean condition, String name) {
    if (condition) {
      names.add(name);
    }
  }
}

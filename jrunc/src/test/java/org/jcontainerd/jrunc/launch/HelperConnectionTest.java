package org.jcontainerd.jrunc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a helper has said is heard, however it ends. */
class HelperConnectionTest {
  /** The kernel tells the reset before the messages that came ahead of it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void next_helperEndedWithARequestUnread_isItsLastMessageAndThenTheEnd(boolean waiting)
      throws Exception {
    try (var pair = UnixSocket.pair(SocketType.SEQPACKET);
        var waiter = KernelWaiter.start("test", (what, failure) -> failure.printStackTrace())) {
      UnixSocket helper = pair.first();
      helper.send(ascii("Sstate"));
      pair.second().send(ascii("H"));
      helper.close();
      try (var connection =
          waiting
              ? HelperConnection.adopt(pair.second(), waiter)
              : HelperConnection.adopt(pair.second())) {
        var said = assertInstanceOf(HelperMessage.Answer.class, connection.next());
        assertEquals('S', said.request());
        assertInstanceOf(HelperMessage.Ended.class, connection.next());
      }
    }
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}

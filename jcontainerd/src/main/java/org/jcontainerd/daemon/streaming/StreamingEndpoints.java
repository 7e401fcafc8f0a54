package org.jcontainerd.daemon.streaming;

import java.net.URI;

/**
 * Hands out the URLs of Exec, Attach and PortForward. Each URL serves one client and is void after
 * a minute. Thread-safe.
 */
public interface StreamingEndpoints {
  /**
   * @throws TooManyRequests if too many URLs wait for their client
   */
  URI exec(StreamSet streams, ProcessStreams.Opener opener);

  /**
   * @throws TooManyRequests if too many URLs wait for their client
   */
  URI attach(StreamSet streams, ProcessStreams.Opener opener);

  /**
   * @throws TooManyRequests if too many URLs wait for their client
   */
  URI portForward(PortDialer dialer);

  /** More URLs were asked for than are kept for clients that have not come yet. */
  final class TooManyRequests extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooManyRequests(int limit) {
      super("streaming: " + limit + " requests wait for their client; try again later");
    }
  }
}

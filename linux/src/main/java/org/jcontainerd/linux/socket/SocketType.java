package org.jcontainerd.linux.socket;

import org.jcontainerd.linux.sys.SocketCalls;

/** How a unix socket carries data; see unix(7). */
public enum SocketType {
  /** A stream of bytes; descriptors come with the first byte of their message. */
  STREAM(SocketCalls.SOCK_STREAM),
  /** Messages with boundaries, in order, between connected peers. */
  SEQPACKET(SocketCalls.SOCK_SEQPACKET),
  /** Messages with boundaries, in order on Linux, without a connection: sd_notify(3). */
  DATAGRAM(SocketCalls.SOCK_DGRAM);

  private final int number;

  SocketType(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}

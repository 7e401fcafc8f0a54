package org.jcontainerd.daemon.streaming;

/** What a token stands for. */
sealed interface StreamRequest {
  /** Path segment of the URL, as kubelet's streaming library names it. */
  String verb();

  /** Exec or attach: both speak the remote-command protocol. */
  record Command(String verb, StreamSet streams, ProcessStreams.Opener opener)
      implements StreamRequest {}

  /** Port-forward. */
  record Ports(PortDialer dialer) implements StreamRequest {
    @Override
    public String verb() {
      return "portforward";
    }
  }
}

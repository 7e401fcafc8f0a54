package org.jcontainerd.daemon.sandbox;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jcontainerd.linux.netns.NetworkNamespace;

/** Connects to a port on a pod's loopback. */
public final class PodPort {
  private PodPort() {}

  /** In a network namespace: the socket is made there and used from anywhere. */
  public static SocketChannel connectIn(Path netns, int port) throws IOException {
    return NetworkNamespace.<SocketChannel, IOException>call(netns, () -> connect(port));
  }

  /** In the namespace of the calling thread; IPv4 first, then IPv6. */
  public static SocketChannel connect(int port) throws IOException {
    try {
      return open(
          StandardProtocolFamily.INET,
          new InetSocketAddress(Inet4Address.ofLiteral("127.0.0.1"), port));
    } catch (IOException first) {
      try {
        return open(
            StandardProtocolFamily.INET6,
            new InetSocketAddress(Inet6Address.ofLiteral("::1"), port));
      } catch (IOException second) {
        first.addSuppressed(second);
        throw new IOException("connect to port " + port + " of the pod", first);
      }
    }
  }

  private static SocketChannel open(StandardProtocolFamily family, InetSocketAddress address)
      throws IOException {
    // of one family: a socket of both would need IPv6 in the pod
    var channel = SocketChannel.open(family);
    try {
      var _ = channel.connect(address);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }
}

package org.jcontainerd.cni;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jcontainerd.linux.netlink.IpText;
import org.jcontainerd.linux.netns.NetworkNamespace;

/** A UDP client that asks a {@link Banner} again and again from one port. */
final class UdpClient implements AutoCloseable {
  private final DatagramSocket socket;
  private final InetSocketAddress target;

  UdpClient(Path netns, String address, int port) throws IOException {
    this.socket = NetworkNamespace.call(netns, () -> new DatagramSocket());
    this.target = new InetSocketAddress(IpText.parse(address), port);
    socket.setSoTimeout(1500);
  }

  String ask() throws IOException {
    socket.send(new DatagramPacket(new byte[1], 1, target));
    var answer = new DatagramPacket(new byte[100], 100);
    socket.receive(answer);
    return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    socket.close();
  }
}

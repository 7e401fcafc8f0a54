package org.jcontainerd.cni;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jcontainerd.linux.netlink.IpText;
import org.jcontainerd.linux.netns.NetworkNamespace;

/**
 * A server in a namespace that tells every client its own name and the client's address, over TCP
 * and UDP at the same port: so a test sees where a packet went and what became of its source.
 */
final class Banner implements AutoCloseable {
  private static final int MILLIS = 1500;

  private final ServerSocket tcp;
  private final DatagramSocket udp;

  private Banner(ServerSocket tcp, DatagramSocket udp) {
    this.tcp = tcp;
    this.udp = udp;
  }

  static Banner start(Path netns, String name, int port) throws IOException {
    ServerSocket tcp = NetworkNamespace.call(netns, () -> new ServerSocket(port));
    DatagramSocket udp = NetworkNamespace.call(netns, () -> new DatagramSocket(port));
    var banner = new Banner(tcp, udp);
    Thread.ofPlatform().name("tcp " + name).start(() -> banner.serveTcp(name));
    Thread.ofPlatform().name("udp " + name).start(() -> banner.serveUdp(name));
    return banner;
  }

  private void serveTcp(String name) {
    while (true) {
      try (Socket client = tcp.accept()) {
        client.getOutputStream().write(words(name, client.getInetAddress()));
      } catch (SocketException e) {
        if (tcp.isClosed()) {
          return;
        }
      } catch (IOException _) {
        // that client's test will say so
      }
    }
  }

  private void serveUdp(String name) {
    byte[] buffer = new byte[100];
    while (true) {
      try {
        var packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        byte[] answer = words(name, packet.getAddress());
        udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException _) {
        if (udp.isClosed()) {
          return;
        }
      }
    }
  }

  private static byte[] words(String name, InetAddress client) {
    return (name + " " + IpText.format(client)).getBytes(StandardCharsets.UTF_8);
  }

  /** What a client in a namespace is told: "name address"; fails after a while. */
  static String tcp(Path from, String address, int port) throws IOException {
    return NetworkNamespace.call(
        from,
        () -> {
          try (var socket = new Socket()) {
            socket.setSoTimeout(MILLIS);
            socket.connect(new InetSocketAddress(IpText.parse(address), port), MILLIS);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new IOException(from.getFileName() + " to " + address + ": " + e, e);
          }
        });
  }

  /** As {@link #tcp} over UDP. */
  static String udp(Path from, String address, int port) throws IOException {
    return NetworkNamespace.call(
        from,
        () -> {
          try (var socket = new DatagramSocket()) {
            socket.setSoTimeout(MILLIS);
            var target = new InetSocketAddress(IpText.parse(address), port);
            socket.send(new DatagramPacket(new byte[1], 1, target));
            var answer = new DatagramPacket(new byte[100], 100);
            socket.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
          }
        });
  }

  @Override
  public void close() throws IOException {
    tcp.close();
    udp.close();
  }
}

package org.jcontainerd.critest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A web server in a container that says hello, and clients for it. */
final class Hello {
  /** The server's script, on port 80. */
  static final String SERVE =
      "mkdir /www; echo hello > /www/index.html; exec httpd -f -h /www -p 80";

  private Hello() {}

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  // not wget: in a static busybox it crashes in getservbyname where there are no NSS libraries
  /** A client's script; it prints the whole {@link #answered answer}. */
  static String request(String host, int port) {
    return "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 " + host + " " + port;
  }

  /** Whether that is an answer of the server. */
  static boolean answered(String answer) {
    return answer.contains("\r\n\r\n");
  }

  /** What the server said. */
  static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4).strip();
  }

  /** One HTTP/1.0 request by hand: no client's retries or caches between us and the port. */
  static String get(String host, int port) throws IOException {
    try (var socket = new Socket(host, port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return body(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
    }
  }

  /** As {@link #get}, or why it failed. */
  static String tryGet(String host, int port) {
    try {
      return get(host, port);
    } catch (IOException e) {
      return e.toString(); // not listening yet
    }
  }
}

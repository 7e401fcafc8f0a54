package org.jcontainerd.testing.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP/1.1 server on 127.0.0.1 whose answers a test scripts, byte by byte if need be: too short,
 * cut, reset, slow, wrong. Thread-safe; every connection carries one request.
 */
public final class FaultyRegistry implements AutoCloseable {
  private final ServerSocket listener;
  private final Script script;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();

  /** Decides what to answer. */
  @FunctionalInterface
  public interface Script {
    Answer answer(Request request) throws IOException;
  }

  /**
   * What was asked.
   *
   * @param target path and query as sent
   * @param headers names in lower case
   */
  public record Request(String method, String target, Map<String, String> headers) {
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    public String path() {
      int question = target.indexOf('?');
      return question < 0 ? target : target.substring(0, question);
    }

    /** First byte that a Range header asks for; 0 without one. */
    public int rangeStart() {
      var range = header("range");
      return range.startsWith("bytes=")
          ? Integer.parseInt(range.substring(6, range.indexOf('-')))
          : 0;
    }
  }

  /**
   * What is answered.
   *
   * @param body all of it is announced as the length
   * @param end how the answer ends
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Answer(int status, Map<String, String> headers, byte[] body, End end) {
    public static Answer of(int status, Map<String, String> headers, byte[] body) {
      return new Answer(status, headers, body, new End.Whole());
    }

    public static Answer of(int status) {
      return of(status, Map.of(), new byte[0]);
    }

    public Answer header(String name, String value) {
      var more = new TreeMap<>(headers);
      more.put(name, value);
      return new Answer(status, more, body, end);
    }

    public Answer ending(End other) {
      return new Answer(status, headers, body, other);
    }
  }

  /** How an answer ends. */
  public sealed interface End {
    /** All bytes are sent. */
    record Whole() implements End {}

    /** The connection is closed after so many bytes of the body. */
    record CutAfter(int bytes) implements End {}

    /** The connection is reset after so many bytes of the body. */
    record ResetAfter(int bytes) implements End {}

    /** Nothing more is sent after so many bytes, and the connection stays open. */
    record HangAfter(int bytes) implements End {}

    /** The connection is closed before anything is sent. */
    record Drop() implements End {}
  }

  private FaultyRegistry(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
  }

  /** Listens on a free port. */
  public static FaultyRegistry start(Script script) throws IOException {
    var registry =
        new FaultyRegistry(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    Thread _ = Thread.ofVirtual().name("faulty-registry").start(registry::accept);
    return registry;
  }

  /** {@code 127.0.0.1:port}. */
  public String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** Every request so far. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    while (true) {
      try {
        var connection = listener.accept();
        connections.add(connection);
        Thread _ = Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException closed) {
        return; // by close()
      }
    }
  }

  private void serve(Socket connection) {
    try {
      var in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      var line = in.readLine();
      if (line != null) {
        var request = request(line, in);
        requests.add(request);
        var answer = script.answer(request);
        send(connection, request, answer);
        if (answer.end() instanceof End.HangAfter) {
          return; // stays open until close()
        }
      }
      connection.close();
    } catch (IOException gone) {
      // the client has left, which is what some tests are about
      connections.remove(connection);
    }
  }

  private static Request request(String first, BufferedReader in) throws IOException {
    var parts = first.split(" ", 3);
    var headers = new TreeMap<String, String>();
    for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    var body = new char[length];
    for (int at = 0; at < length; ) {
      int n = in.read(body, at, length - at);
      if (n < 0) {
        throw new IOException("request body is too short");
      }
      at += n;
    }
    headers.put(":body", new String(body));
    return new Request(parts[0], parts[1], headers);
  }

  private static void send(Socket connection, Request request, Answer answer) throws IOException {
    if (answer.end() instanceof End.Drop) {
      return;
    }
    var head = new StringBuilder("HTTP/1.1 " + answer.status() + " Scripted\r\n");
    answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("Content-Length: " + answer.body().length + "\r\nConnection: close\r\n\r\n");
    OutputStream out = connection.getOutputStream();
    out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    if (!request.method().equals("HEAD")) {
      out.write(answer.body(), 0, sent(answer));
    }
    out.flush();
    if (answer.end() instanceof End.ResetAfter) {
      connection.setSoLinger(true, 0); // close sends RST
    }
  }

  private static int sent(Answer answer) {
    int all = answer.body().length;
    return switch (answer.end()) {
      case End.Whole() -> all;
      case End.CutAfter(int bytes) -> Math.min(bytes, all);
      case End.ResetAfter(int bytes) -> Math.min(bytes, all);
      case End.HangAfter(int bytes) -> Math.min(bytes, all);
      case End.Drop() -> 0;
    };
  }

  /** Stops listening and closes every connection. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (var connection : connections) {
      connection.close();
    }
  }
}

package org.jcontainerd.bench.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jcontainerd.testing.leak.HostState;
import org.jcontainerd.testing.runtime.JcontainerdRuntime;
import org.jcontainerd.testing.runtime.Locations;
import org.jcontainerd.testing.runtime.TestRegistry;

/**
 * Shows a pod from pull to removal: a real registry, our daemon in a directory of its own, and
 * {@code jctl} as a person would type it. Ends with one line that says how it went.
 */
public final class Main {
  private static final Pattern ADDRESS = Pattern.compile("inet ([0-9.]+)");
  private static final String GREETING = "hello from the web pod";

  public static void main(String[] args) {
    try {
      new Main().run();
      System.out.println("demo: succeeded");
    } catch (Exception e) {
      e.printStackTrace();
      System.out.println("demo: failed: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run() throws Exception {
    Path images = Locations.checkout().resolve("target/bench/images");
    Files.createDirectories(images);
    HostState before = HostState.capture();
    Path directory = Files.createTempDirectory(Path.of("/tmp"), "jcdemo");
    try {
      say("A registry on loopback, with images made on the spot");
      try (var registry = TestRegistry.start(images, directory.resolve("registry"))) {
        String large = registry.large();
        say("The daemon, with everything it makes below " + directory);
        try (var daemon = JcontainerdRuntime.start(directory.resolve("jcontainerd"))) {
          var jctl = new Jctl(Locations.program("bin/jctl"), daemon.socket());
          show(jctl, registry.busybox(), large, directory);
        }
      }
    } finally {
      Files.deleteIfExists(directory);
    }
    say("What is left of it on this machine");
    List<String> left = before.leftByPods(_ -> false);
    if (!left.isEmpty()) {
      throw new IOException("left behind: " + String.join("; ", left));
    }
    System.out.println("nothing left behind");
  }

  private void show(Jctl jctl, String busybox, String large, Path directory) throws Exception {
    jctl.show("info");
    say("Pull: eight layers at once, each downloaded, checked and unpacked in one pass");
    jctl.show("pull", large);
    jctl.show("pull", busybox);
    jctl.show("images");
    say("Two pods; one is published on a port of the host");
    int port = freePort();
    String logs = directory.resolve("jcontainerd/logs").toString();
    String serve =
        "mkdir /www && echo "
            + GREETING
            + " > /www/index.html && echo serving && httpd -f -v -h /www";
    jctl.show(
        "run",
        "-d",
        "--name",
        "web",
        "-p",
        port + ":80",
        "--log-dir",
        logs,
        busybox,
        "sh",
        "-c",
        serve);
    jctl.show("run", "-d", "--name", "client", "--log-dir", logs, busybox, "sleep", "3600");
    jctl.show("ps");
    jctl.show("pods");
    reach(jctl, port);
    look(jctl);
    say("Removal");
    jctl.show("rm", "--force", "web", "client");
    jctl.show("rmi", large, busybox);
    jctl.show("pods");
  }

  private static void reach(Jctl jctl, int port) throws Exception {
    say("From pod to pod by address, and from the host by the published port");
    String interfaces = jctl.read("exec", "web", "ip", "-4", "-o", "addr", "show", "dev", "eth0");
    Matcher address = ADDRESS.matcher(interfaces);
    if (!address.find()) {
      throw new IOException("no address in '" + interfaces + "'");
    }
    String get = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 " + address.group(1) + " 80";
    expect(jctl.read("exec", "client", "sh", "-c", get), GREETING);
    System.out.println("$ curl http://127.0.0.1:" + port + "/");
    String answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                    .timeout(Duration.ofSeconds(10))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    System.out.print(answer);
    expect(answer, GREETING);
  }

  private static void look(Jctl jctl) throws Exception {
    say("Logs, a command on a terminal, stats");
    expect(jctl.read("logs", "web"), "serving");
    String terminal = jctl.onTerminal("exec", "-it", "web", "sh", "-c", "tty; stty size; id -u");
    expect(terminal, "/dev/pts/");
    jctl.show("stats");
    say("Where the time of the pod's start went");
    jctl.show("trace", "web");
  }

  private static void expect(String text, String part) throws IOException {
    if (!text.contains(part)) {
      throw new IOException("expected '" + part + "', got '" + text + "'");
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void say(String what) {
    System.out.println("\n== " + what);
  }
}

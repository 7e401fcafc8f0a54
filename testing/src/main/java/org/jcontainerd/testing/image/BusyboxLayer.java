package org.jcontainerd.testing.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small root file system: the static busybox of Debian with its applets as hard links. */
final class BusyboxLayer {
  private static final List<String> PLACES = List.of("/bin/busybox", "/usr/bin/busybox");

  private BusyboxLayer() {}

  static void write(TarBuilder tar) throws IOException {
    var binary = Files.readAllBytes(busybox());
    for (var name :
        List.of(
            "bin/",
            "dev/",
            "etc/",
            "home/",
            "proc/",
            "root/",
            "sys/",
            "usr/",
            "usr/bin/",
            "var/")) {
      tar.directory(name);
    }
    tar.add(TarBuilder.Entry.of('5', "tmp/", 01777), new byte[0]);
    tar.add(TarBuilder.Entry.of('0', "bin/busybox", 0755), binary);
    for (var applet : applets()) {
      tar.hardLink("bin/" + applet, "bin/busybox");
    }
    tar.symlink("usr/bin/env", "/bin/env");
    tar.file("etc/hostname", "busybox\n");
    tar.file(
        "etc/passwd",
        """
        root:x:0:0:root:/root:/bin/sh
        daemon:x:1:1:daemon:/usr/sbin:/bin/false
        www-data:x:33:33:www-data:/var/www:/bin/false
        default-user:x:1000:1000:default-user:/home:/bin/sh
        nobody:x:65534:65534:nobody:/nonexistent:/bin/false
        """);
    tar.file(
        "etc/group",
        """
        root:x:0:
        daemon:x:1:
        www-data:x:33:
        default-user:x:1000:
        group-defined-in-image:x:50000:default-user
        nogroup:x:65534:
        """);
  }

  private static Path busybox() {
    return PLACES.stream()
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "no busybox in " + PLACES + ": install busybox-static (bin/setup does)"));
  }

  /** What the binary says it can do, without itself. */
  private static List<String> applets() throws IOException {
    var process =
        new ProcessBuilder(busybox().toString(), "--list")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output = process.getInputStream()) {
      var text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(name -> !name.equals("busybox")).sorted().toList();
    } finally {
      process.destroy();
    }
  }
}

package org.jcontainerd.daemon.apparmor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands our profile to the kernel, by the host's apparmor_parser(8), which alone compiles policies.
 * Once at the daemon's start, so that a newer daemon brings its newer profile. Blocks.
 */
public final class DefaultProfile {
  private static final Logger log = LoggerFactory.getLogger(DefaultProfile.class);
  private static final List<Path> PARSERS =
      List.of(Path.of("/usr/sbin/apparmor_parser"), Path.of("/sbin/apparmor_parser"));
  private static final int LONGEST_MESSAGE = 4096;

  private DefaultProfile() {}

  /**
   * Loads it where there is AppArmor. A host that cannot is told about once here, and again to
   * whoever asks for the profile.
   */
  public static void load(AppArmor apparmor) {
    if (!apparmor.enabled()) {
      return;
    }
    Optional<Path> parser = PARSERS.stream().filter(Files::isExecutable).findFirst();
    if (parser.isEmpty()) {
      log.atWarn().log("AppArmor is on but apparmor_parser is not installed: no default profile");
      return;
    }
    try {
      parse(parser.get());
    } catch (IOException e) {
      log.atWarn().setCause(e).log("AppArmor's default profile not loaded");
    }
  }

  private static void parse(Path parser) throws IOException {
    try (Pipe input = Pipe.create();
        Pipe said = Pipe.create()) {
      input.writeEnd().writeFully(ByteBuffer.wrap(text())); // a few KiB: there is room for them
      input.writeEnd().close();
      PidFd process =
          Spawn.program(parser)
              .arguments(List.of("apparmor_parser", "--replace", "--skip-cache"))
              .descriptor(0, input.readEnd())
              .descriptor(1, said.writeEnd())
              .descriptor(2, said.writeEnd())
              .start();
      try (process) {
        said.writeEnd().close();
        var message = ByteBuffer.allocate(LONGEST_MESSAGE);
        while (message.hasRemaining() && said.readEnd().read(message) > 0) {
          // until its end
        }
        said.readEnd().close();
        var status = process.waitFor();
        if (status.shellCode() != 0) {
          String text =
              new String(message.array(), 0, message.position(), StandardCharsets.UTF_8).strip();
          throw new IOException("run '" + parser + "': " + status + ": " + text);
        }
      }
    }
  }

  private static byte[] text() throws IOException {
    try (InputStream profile = DefaultProfile.class.getResourceAsStream(AppArmor.DEFAULT)) {
      if (profile == null) {
        throw new IOException("no resource '" + AppArmor.DEFAULT + "'");
      }
      return profile.readAllBytes();
    }
  }
}

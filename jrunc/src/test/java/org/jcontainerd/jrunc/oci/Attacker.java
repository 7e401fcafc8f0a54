package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jcontainerd.testing.runtime.Locations;

/**
 * A process that exchanges two names for each other as fast as it can, as somebody does who has a
 * part of a container's files in his hands while the container is made (CVE-2021-30465).
 */
public final class Attacker implements AutoCloseable {
  private final Process process;
  private final Path counter;
  private final Path said;

  private Attacker(Process process, Path counter, Path said) {
    this.process = process;
    this.counter = counter;
    this.said = said;
  }

  /** Starts it; returns when the first exchanges were made. */
  public static Attacker exchange(Path scratch, Path one, Path other) throws IOException {
    Path counter = Files.createTempFile(scratch, "counter", "");
    Path said = Files.createTempFile(scratch, "attacker", "");
    Process process =
        new ProcessBuilder(
                program(scratch, "exchange").toString(),
                one.toString(),
                other.toString(),
                counter.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    var attacker = new Attacker(process, counter, said);
    while (attacker.exchanges() == 0 && process.isAlive()) {
      Thread.onSpinWait();
    }
    return attacker;
  }

  /** A program of {@code src/test/c}, static, so that it also runs inside of a container. */
  public static Path program(Path scratch, String name) throws IOException {
    Path program = scratch.resolve(name);
    if (!Files.exists(program)) {
      Process gcc =
          new ProcessBuilder(
                  "gcc",
                  "-std=gnu11",
                  "-D_GNU_SOURCE",
                  "-Wall",
                  "-Wextra",
                  "-Werror",
                  "-O2",
                  "-static",
                  "-o",
                  program.toString(),
                  Locations.checkout().resolve("jrunc/src/test/c/" + name + ".c").toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, await(gcc), output);
    }
    return program;
  }

  private static int await(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("wait for '" + process + "': interrupted", e);
    }
  }

  /** How often it has exchanged them so far. */
  public long exchanges() throws IOException {
    byte[] count = Files.readAllBytes(counter);
    return count.length < Long.BYTES
        ? 0
        : ByteBuffer.wrap(count).order(ByteOrder.nativeOrder()).getLong();
  }

  /** Fails if there was no race at all. */
  public void assertRaced(long least) throws IOException {
    assertTrue(process.isAlive(), Files.readString(said));
    assertTrue(exchanges() >= least, exchanges() + " exchanges, not " + least);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    int _ = await(process);
  }
}

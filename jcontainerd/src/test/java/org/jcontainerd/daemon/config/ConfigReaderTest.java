package org.jcontainerd.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigReaderTest {
  @TempDir Path dir;
  private final ConfigReader reader = new ConfigReader(Path.of("/opt/jc"));

  @Test
  void defaults_areThoseOfTheArchitecture() throws Exception {
    Config config = reader.defaults(Overrides.NONE);
    assertEquals(Path.of("/var/lib/jcontainerd"), config.root());
    assertEquals(Path.of("/run/jcontainerd/jcontainerd.sock"), config.address());
    assertEquals(Path.of("/opt/jc/bin/containerd-shim-jrunc-v1"), config.runtime().shim());
    assertEquals(16_384, config.containers().maxLogLineBytes());
  }

  @Test
  void text_ofAConfiguration_readsBackEqual() throws Exception {
    Config config = reader.defaults(Overrides.NONE);
    assertEquals(config, load(ConfigText.of(config)));
  }

  @Test
  void load_movedState_movesTheSocket() throws Exception {
    assertEquals(Path.of("/x/jcontainerd.sock"), load("state = '/x'").address());
  }

  @Test
  void load_commandLine_winsOverFile() throws Exception {
    Path file = Files.writeString(dir.resolve("c.toml"), "root = '/file'\nlog_level = 'warn'\n");
    var overrides =
        new Overrides(
            Optional.of(file),
            Optional.of(Path.of("/flag")),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Config.LogLevel.DEBUG));
    Config config = reader.load(overrides);
    assertEquals(Path.of("/flag"), config.root());
    assertEquals(Config.LogLevel.DEBUG, config.logLevel());
  }

  @Test
  void load_unknownKey_namesKeyFileAndTheKnownOnes() {
    String message = failure("[cni]\nconfdir = '/x'\n");
    assertEquals(
        "config '"
            + dir.resolve("c.toml")
            + "': unknown key 'cni.confdir'. The known keys here are bin_dirs, cache_dir, conf_dir",
        message);
  }

  @Test
  void load_wrongValues_nameTheKey() {
    assertEquals(
        prefix() + "key 'streaming.port' is not a number from 0 to 65535",
        failure("[streaming]\nport = 70000"));
    assertEquals(prefix() + "key 'root' is not an absolute path", failure("root = 'var'"));
    assertEquals(prefix() + "key 'cni' is not a table", failure("cni = 1"));
    assertEquals(
        prefix() + "key 'cni.bin_dirs' is not a list of strings", failure("[cni]\nbin_dirs = [1]"));
    assertEquals(
        prefix() + "key 'streaming.address' is not an IP address",
        failure("[streaming]\naddress = 'localhost'"));
    assertEquals(
        prefix() + "key 'log_level' is not one of trace, debug, info, warn, error",
        failure("log_level = 'loud'"));
    assertEquals(
        prefix() + "key 'cgroup.parent' is not a path below the root of the hierarchy",
        failure("[cgroup]\nparent = '/'"));
  }

  @Test
  void load_namedFileMissing_fails() {
    Path missing = dir.resolve("none.toml");
    var overrides =
        new Overrides(
            Optional.of(missing),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    var e = assertThrows(ConfigFailure.class, () -> reader.load(overrides));
    assertEquals("config '" + missing + "': no such file", e.getMessage());
  }

  private String prefix() {
    return "config '" + dir.resolve("c.toml") + "': ";
  }

  private String failure(String text) {
    return assertThrows(ConfigFailure.class, () -> load(text)).getMessage();
  }

  private Config load(String text) throws Exception {
    Path file = Files.writeString(dir.resolve("c.toml"), text);
    return reader.load(
        new Overrides(
            Optional.of(file),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }
}

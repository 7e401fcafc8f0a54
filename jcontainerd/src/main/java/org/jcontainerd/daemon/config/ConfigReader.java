package org.jcontainerd.daemon.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Reads {@code config.toml} over the defaults. Unknown keys are errors: a key that is silently
 * ignored is worse than a daemon that does not start.
 */
public final class ConfigReader {
  /** Where the configuration is read from unless the command line names a file. */
  public static final Path DEFAULT_FILE = Path.of("/etc/jcontainerd/config.toml");

  private static final String LEVELS = "one of trace, debug, info, warn, error";

  private final Path home;

  /**
   * @param home the directory with {@code bin/} and {@code lib/}, for the paths of our own programs
   */
  public ConfigReader(Path home) {
    this.home = home;
  }

  /** The configuration of no file at all. */
  public Config defaults(Overrides overrides) throws ConfigFailure {
    return read("(defaults)", JsonNodeFactory.instance.objectNode(), overrides);
  }

  /**
   * Reads the file of {@code overrides}, or the default one, which may be missing.
   *
   * @throws ConfigFailure naming file, key and reason
   */
  public Config load(Overrides overrides) throws ConfigFailure {
    Path file = overrides.file().orElse(DEFAULT_FILE);
    try {
      JsonNode table = new TomlMapper().readTree(Files.readString(file));
      return read(file.toString(), table, overrides);
    } catch (NoSuchFileException e) {
      if (overrides.file().isPresent()) {
        throw new ConfigFailure("config '" + file + "': no such file", e);
      }
      return defaults(overrides);
    } catch (JacksonException e) {
      throw new ConfigFailure("config '" + file + "': " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ConfigFailure("read config '" + file + "': " + e.getMessage(), e);
    }
  }

  private Config read(String file, JsonNode table, Overrides overrides) throws ConfigFailure {
    var top = Section.root(file, table);
    Path root = top.path("root", Path.of("/var/lib/jcontainerd"));
    Path state = overrides.state().orElse(top.path("state", Path.of("/run/jcontainerd")));
    Path address = top.path("address", state.resolve("jcontainerd.sock"));
    String level = top.string("log_level", "info");
    var config =
        new Config(
            overrides.root().orElse(root),
            state,
            overrides.address().orElse(address),
            overrides.logLevel().orElse(logLevel(level, top.wrong("log_level", LEVELS))),
            cgroup(top.section("cgroup")),
            runtime(top.section("runtime")),
            cni(top.section("cni")),
            images(top.section("images")),
            streaming(top.section("streaming")),
            containers(top.section("containers")));
    shim(top.section("shim"));
    top.done();
    return config;
  }

  /** Parses a level. @throws ConfigFailure {@code wrong} */
  public static Config.LogLevel logLevel(String value, ConfigFailure wrong) throws ConfigFailure {
    for (Config.LogLevel level : Config.LogLevel.values()) {
      if (level.name().toLowerCase(Locale.ROOT).equals(value)) {
        return level;
      }
    }
    throw wrong;
  }

  private static Config.Cgroup cgroup(Section section) throws ConfigFailure {
    String driver = section.string("driver", "cgroupfs");
    if (!driver.equals("cgroupfs")) {
      throw section.wrong("driver", "'cgroupfs', the only driver so far");
    }
    Path root = section.path("root", Path.of("/sys/fs/cgroup"));
    Path parent = section.path("parent", Path.of("/jcontainerd"));
    if (parent.getNameCount() == 0) {
      throw section.wrong("parent", "a path below the root of the hierarchy");
    }
    section.done();
    return new Config.Cgroup(root, parent.toString());
  }

  private Config.Runtimes runtime(Section section) throws ConfigFailure {
    var runtime =
        new Config.Runtimes(
            section.path("shim", home.resolve("bin/containerd-shim-jrunc-v1")),
            section.path("helper", home.resolve("lib/jrunc-init")),
            section.strings("handlers", List.of("jrunc")),
            Duration.ofMillis(section.integer("start_timeout_millis", 10_000, 100, 600_000)));
    if (runtime.handlers().isEmpty()) {
      throw section.wrong("handlers", "a list with at least one name");
    }
    section.done();
    return runtime;
  }

  private static void shim(Section section) throws ConfigFailure {
    if (section.integer("pods_per_shim", 0, 0, 1000) != 0) {
      throw section.wrong("pods_per_shim", "0 (one shim for all pods), the only value so far");
    }
    section.done();
  }

  private static Config.Cni cni(Section section) throws ConfigFailure {
    var cni =
        new Config.Cni(
            section.path("conf_dir", Path.of("/etc/cni/net.d")),
            section.paths("bin_dirs", List.of(Path.of("/opt/cni/bin"))),
            section.path("cache_dir", Path.of("/var/lib/cni")));
    section.done();
    return cni;
  }

  private static Config.Images images(Section section) throws ConfigFailure {
    String snapshotter = section.string("snapshotter", "overlayfs");
    if (!snapshotter.equals("overlayfs") && !snapshotter.equals("native")) {
      throw section.wrong("snapshotter", "'overlayfs' or 'native'");
    }
    var images =
        new Config.Images(
            section.path("registry_config", Path.of("/etc/jcontainerd/certs.d")),
            snapshotter,
            section.integer("max_concurrent_downloads", 3, 1, 64));
    section.done();
    return images;
  }

  private static Config.Streaming streaming(Section section) throws ConfigFailure {
    String address = section.string("address", "127.0.0.1");
    int port = section.integer("port", 0, 0, 65_535);
    section.done();
    try {
      // a literal only: a daemon that asks a name server before it starts waits for its own network
      return new Config.Streaming(InetAddress.ofLiteral(address), port);
    } catch (IllegalArgumentException e) {
      throw new ConfigFailure(section.wrong("address", "an IP address").getMessage(), e);
    }
  }

  private static Config.Containers containers(Section section) throws ConfigFailure {
    var containers =
        new Config.Containers(
            section.integer("max_log_line_bytes", 16_384, 256, 1 << 20),
            section.bool("unprivileged_ports", true),
            section.bool("unprivileged_icmp", true),
            section.path("seccomp_profiles", Path.of("/var/lib/kubelet/seccomp")));
    section.done();
    return containers;
  }
}

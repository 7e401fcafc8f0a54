package org.jcontainerd.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What runs once per container stays small: a longer list is a decision, taken in
 * docs/dependencies.md.
 */
class DependencyListTest {
  /** The last three are of the systemd driver, and not loaded without it. */
  @Test
  void jrunc_carriesGsonProtobufAndDbusAlone() throws IOException {
    assertEquals(
        Set.of(
            "jcontainerd-linux",
            "jcontainerd-api-oci",
            "gson",
            "protobuf-java",
            "dbus-java-core",
            "dbus-java-transport-native-unixsocket",
            "slf4j-api"),
        runtimeJars("jrunc"));
  }

  @Test
  void cniPlugins_carryGsonAlone() throws IOException {
    assertEquals(
        Set.of("jcontainerd-linux", "jcontainerd-api-oci", "gson"), runtimeJars("cni-plugins"));
  }

  @Test
  void jshim_carriesGsonAndProtobufAlone() throws IOException {
    assertEquals(
        Set.of(
            "jcontainerd-linux",
            "jcontainerd-api-oci",
            "jcontainerd-api-containerd",
            "jcontainerd-ttrpc",
            "jcontainerd-jrunc",
            "gson",
            "protobuf-java"),
        runtimeJars("jshim"));
  }

  private static Set<String> runtimeJars(String module) throws IOException {
    var list = Files.readString(Sources.root().resolve(module + "/target/runtime.classpath"));
    return Arrays.stream(list.strip().split(":", -1))
        .map(jar -> String.valueOf(Path.of(jar).getFileName()))
        .map(jar -> jar.replaceFirst("-[0-9].*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}

package org.jcontainerd.daemon.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.cni.CniHost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworksTest {
  @TempDir Path directory;
  private Networks networks;
  private Path conf;
  private Path bin;

  @BeforeEach
  void make() throws IOException {
    conf = Files.createDirectory(directory.resolve("net.d"));
    bin = Files.createDirectory(directory.resolve("bin"));
    networks =
        new Networks(
            new NetworkDirectories(conf, List.of(bin), directory.resolve("cache")),
            new CniHost(Optional.empty()));
  }

  @AfterEach
  void close() {
    networks.close();
  }

  private void program(String name, String script, String mode) throws IOException {
    Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private String notReady() {
    var status = assertInstanceOf(NetworkStatus.NotReady.class, networks.status());
    assertEquals("NetworkPluginNotReady", status.reason());
    return status.message();
  }

  @Test
  void status_withoutConfiguration_saysWhere() {
    assertTrue(notReady().contains("no network configuration in '" + conf + "'"), notReady());
  }

  @Test
  void status_configurationAppearsAndIsMended_isSeenWithoutARestart() throws IOException {
    program("one", "exit 0", "rwxr-xr-x");
    assertTrue(notReady().contains("no network configuration"));
    Path file = conf.resolve("10-a.conflist");
    Files.writeString(file, "{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"plugins\":[]}");
    assertTrue(notReady().contains("10-a.conflist': network 'a': no plugins"), notReady());
    Files.writeString(
        file, "{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"plugins\":[{\"type\":\"one\"}]}");
    assertEquals(new NetworkStatus.Ready("a"), networks.status());
    Files.writeString(
        conf.resolve("05-b.conf"), "{\"cniVersion\":\"0.4.0\",\"name\":\"b\",\"type\":\"one\"}");
    assertEquals(new NetworkStatus.Ready("b"), networks.status());
  }

  @Test
  void status_missingPlugin_isNotReady() throws IOException {
    Files.writeString(
        conf.resolve("a.conf"), "{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"type\":\"absent\"}");
    assertTrue(notReady().contains("plugin 'absent': not found in"), notReady());
  }

  /** CVE-2021-20206. */
  @Test
  void status_pluginTypeWithAPath_isRefused() throws IOException {
    program("one", "exit 0", "rwxr-xr-x");
    Files.writeString(
        conf.resolve("a.conf"),
        "{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"type\":\"../bin/one\"}");
    assertTrue(notReady().contains("must be a bare file name"), notReady());
  }

  @Test
  void status_pluginThatOthersMayWrite_isRefused() throws IOException {
    program("one", "exit 0", "rwxrwxrwx");
    Files.writeString(
        conf.resolve("a.conf"), "{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"type\":\"one\"}");
    assertTrue(notReady().contains("writable by root alone"), notReady());
  }

  @Test
  void status_pluginSaysNo_isNotReadyWithItsWords() throws IOException {
    program("one", "echo '{\"code\":50,\"msg\":\"no uplink\"}'; exit 1", "rwxr-xr-x");
    Files.writeString(
        conf.resolve("a.conf"), "{\"cniVersion\":\"1.1.0\",\"name\":\"a\",\"type\":\"one\"}");
    assertTrue(notReady().contains("no uplink"), notReady());
  }

  @Test
  void attach_programs_areChainedAndUndoneInReverseOrder() throws Exception {
    String log = "cat > $0.$CNI_COMMAND; echo \"$CNI_COMMAND ${0##*/} $CNI_ARGS\" >> " + directory;
    String result =
        "echo '{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"eth0\",\"sandbox\":\"x\"}],"
            + "\"ips\":[{\"interface\":0,\"address\":\"10.1.2.3/24\"}]}'";
    program("one", log + "/log\n[ $CNI_COMMAND != ADD ] || " + result, "rwxr-xr-x");
    program("two", log + "/log\n[ $CNI_COMMAND != ADD ] || " + result, "rwxr-xr-x");
    Files.writeString(
        conf.resolve("a.conflist"),
        """
        {"cniVersion":"1.0.0","name":"a","plugins":[{"type":"one","keep":[1]},
         {"type":"two","capabilities":{"portMappings":true}}]}
        """);
    var attachment =
        Attachment.of("s1", directory.resolve("ns"), "web", "default", "u-1")
            .withPortMappings(List.of(new PortMapping(8080, 80, "TCP", "")));
    assertEquals(List.of("10.1.2.3"), networks.attach(attachment).ips());
    assertTrue(Files.readString(bin.resolve("one.ADD")).contains("\"keep\":[1]"));
    String second = Files.readString(bin.resolve("two.ADD"));
    assertTrue(second.contains("\"prevResult\":{"), second);
    assertTrue(
        second.contains(
            "\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,"
                + "\"protocol\":\"tcp\"}]}"),
        second);
    assertTrue(Files.exists(directory.resolve("cache/results/a-s1-eth0")));

    Files.delete(conf.resolve("a.conflist"));
    networks.detach(attachment);
    networks.detach(attachment);
    assertTrue(Files.readString(bin.resolve("one.DEL")).contains("\"prevResult\":{"));
    String args =
        "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web;"
            + "K8S_POD_INFRA_CONTAINER_ID=s1;K8S_POD_UID=u-1";
    assertEquals(
        List.of("ADD one " + args, "ADD two " + args, "DEL two " + args, "DEL one " + args),
        Files.readAllLines(directory.resolve("log")));
    assertTrue(Files.notExists(directory.resolve("cache/results/a-s1-eth0")));
  }

  @Test
  void attach_secondPluginFails_undoesTheFirstAndSaysWhy() throws IOException {
    program(
        "one",
        "[ $CNI_COMMAND != ADD ] || echo '{}'; touch " + directory + "/$CNI_COMMAND",
        "rwx------");
    program(
        "two",
        "[ $CNI_COMMAND != ADD ] || { echo '{\"code\":7,\"msg\":\"bad key\"}'; exit 1; }",
        "rwx------");
    Files.writeString(
        conf.resolve("a.conflist"),
        "{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"plugins\":[{\"type\":\"one\"},{\"type\":\"two\"}]}");
    var attachment = Attachment.of("s1", directory.resolve("ns"), "web", "default", "u-1");
    var failure = assertThrows(NetworkFailure.Failed.class, () -> networks.attach(attachment));
    assertEquals("attach sandbox 's1' to network 'a': bad key", failure.getMessage());
    assertTrue(Files.exists(directory.resolve("DEL")));
    assertTrue(Files.notExists(directory.resolve("cache/results/a-s1-eth0")));
  }

  @Test
  void collect_detachesOursAndLeavesThoseOfOthers() throws Exception {
    program(
        "one",
        "[ $CNI_COMMAND != ADD ] || echo '{}'; echo $CNI_COMMAND $CNI_CONTAINERID >> "
            + directory
            + "/log",
        "rwx------");
    Files.writeString(
        conf.resolve("a.conf"), "{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"type\":\"one\"}");
    for (String id : List.of("s1", "s2")) {
      var _ = networks.attach(Attachment.of(id, directory.resolve("ns"), "p", "n", "u"));
    }
    Path foreign = directory.resolve("cache/results/a-s3-eth0");
    String entry = Files.readString(directory.resolve("cache/results/a-s1-eth0"));
    Files.writeString(
        foreign, entry.replace("s1", "s3").replaceAll(",\"io.jcontainerd/owner\":\"\\w+\"", ""));
    networks.collect(java.util.Set.of("s2"));
    assertEquals(
        List.of("ADD s1", "ADD s2", "DEL s1"), Files.readAllLines(directory.resolve("log")));
    assertTrue(Files.exists(foreign));
  }
}

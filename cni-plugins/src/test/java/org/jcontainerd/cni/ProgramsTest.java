package org.jcontainerd.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.oci.cni.CniResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Plugins as programs: those of the build, or of the directory that the system property {@code
 * cni.bin} names, as the reference plugins that bin/setup unpacks.
 */
@Tag("cni")
class ProgramsTest extends CniContract {
  private Path bin;
  private ProgramCaller programs;

  private static Path checkout() {
    return Path.of(System.getProperty("jcontainerd.basedir", "")).toAbsolutePath();
  }

  @Override
  PluginCaller plugins(Testbed testbed) throws IOException {
    String given = System.getProperty("cni.bin", "");
    bin = given.isEmpty() ? checkout().resolve("dist/target/jcontainerd/cni") : Path.of(given);
    assertTrue(Files.isExecutable(bin.resolve("bridge")), bin + ": no plugins; run bin/build");
    programs = new ProgramCaller(bin, checkout().resolve("target/peers/bin"));
    return programs;
  }

  /** Wherever ADD is killed, DEL with nothing but the configuration leaves nothing. */
  @Test
  void add_killedInTheMiddle_delCleansUp() throws Exception {
    String config = bridge("1.0.0", "");
    long whole = duration(config);
    for (int i = 0; i < 12; i++) {
      Path netns = testbed.sandbox("k" + i);
      String id = "killed" + i;
      try (var out = Memfd.create("stdout");
          PidFd child =
              programs.start(
                  "bridge", testbed.request(CniVerb.ADD, id, Optional.of(netns), config), out)) {
        LockSupport.parkNanos(whole * i / 11); // a point in time, not a condition
        child.send(Signal.SIGKILL);
        var _ = child.waitFor();
      }
      delAfterFailedAdd(id, netns, config);
      assertEquals(1, Testbed.links(netns).size(), "killed after " + i + " of 11 parts: only lo");
      assertEquals(List.of(), reserved(), "killed after " + i + " of 11 parts");
      assertTrue(
          Testbed.links(testbed.host()).stream().noneMatch(l -> l.kind().equals("veth")),
          "killed after " + i + " of 11 parts: a host's end");
    }
  }

  private long duration(String config) throws Exception {
    Path netns = testbed.sandbox("whole");
    long start = System.nanoTime();
    CniResult result = add("bridge", "whole", netns, config);
    long whole = System.nanoTime() - start;
    String previous = Testbed.withPrevious(config, result);
    call(CniVerb.DEL, "bridge", "whole", Optional.of(netns), previous);
    return whole;
  }

  /**
   * The programs and the calls in this process are one code, so they can take each other's place.
   */
  @Test
  void programAndCallInThisProcess_undoEachOther() throws Exception {
    for (String version : List.of("0.4.0", "1.0.0")) {
      String config = bridge(version, "");
      Path a = testbed.sandbox("a" + version);
      CniResult byProgram = add("bridge", "ida", a, config);
      CniResult byCall =
          CniPlugins.call(
                  "bridge",
                  testbed.request(
                      CniVerb.ADD, "idb", Optional.of(testbed.sandbox("b" + version)), config))
              .orElseThrow();
      assertEquals(shape(byProgram), shape(byCall));
      String previous = Testbed.withPrevious(config, byProgram);
      var _ =
          CniPlugins.call(
              "bridge", testbed.request(CniVerb.CHECK, "ida", Optional.of(a), previous));
      var _ =
          CniPlugins.call("bridge", testbed.request(CniVerb.DEL, "ida", Optional.of(a), previous));
      call(CniVerb.DEL, "bridge", "idb", Optional.empty(), Testbed.withPrevious(config, byCall));
      assertEquals(List.of(), reserved());
    }
  }

  /** A result without what is different every time. */
  private static String shape(CniResult result) {
    return result
        .toString()
        .replaceAll("([0-9a-f]{2}:){5}[0-9a-f]{2}", "MAC")
        .replaceAll("veth[0-9a-f]{8}", "VETH")
        .replaceAll("address=[0-9.]+", "ADDRESS")
        .replaceAll("sandbox=[^,]+", "SANDBOX");
  }
}

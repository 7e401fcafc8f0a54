package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.runtime.Capabilities;
import org.jcontainerd.oci.runtime.Device;
import org.jcontainerd.oci.runtime.DeviceRule;
import org.jcontainerd.oci.runtime.Resources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Device rules, as a process in the container meets them. */
@Tag("oci")
class DevicesOciTest {
  private static final DeviceRule NONE =
      new DeviceRule(false, "", Optional.empty(), Optional.empty(), "rwm");
  private static final DeviceRule FUSE =
      new DeviceRule(true, "c", Optional.of(10L), Optional.of(229L), "rw");

  /** Prints a line for each device that could be opened. */
  private static final String OPEN =
      "cd /tmp; mknod fuse c 10 229; mknod disk b 7 0; "
          + "(true < fuse) && echo fuse; (true < disk) && echo disk; (true < /dev/zero) && echo zero";

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box box(String script, DeviceRule... rules) throws Exception {
    List<String> mknod = List.of("CAP_MKNOD");
    var capabilities = new Capabilities(mknod, mknod, List.of(), mknod, List.of());
    return new Box(runtime, directory)
        .script(script)
        .process(p -> p.capabilities(capabilities))
        .linux(l -> l.resources(Resources.builder().devices(List.of(rules)).build()));
  }

  @Test
  void devices_withoutRules_areTheDefaultOnes() throws Exception {
    assumeTrue(!runtime.name().equals("crun"), "crun sets no rules if there are none");
    try (Box box = box(OPEN)) {
      assertEquals("zero\n", box.run(0));
    }
  }

  @Test
  void devices_listedWithoutARule_haveANodeAlone() throws Exception {
    Device fuse = Device.builder().path("/dev/fuse").type("c").major(10).minor(229).build();
    try (Box box = box("ls /dev/fuse; (true < /dev/fuse) && echo opened; :", NONE)) {
      box.linux(l -> l.devices(List.of(fuse)));
      assertEquals("/dev/fuse\n", box.run(0));
    }
  }

  @Test
  void devices_readOnly_cannotBeWritten() throws Exception {
    var read = new DeviceRule(true, "c", Optional.of(10L), Optional.of(229L), "r");
    String script =
        "mknod /tmp/k c 10 229; (true < /tmp/k) && echo read; (true > /tmp/k) && echo write; :";
    try (Box box = box(script, NONE, read)) {
      assertEquals("read\n", box.run(0));
    }
  }

  @Test
  void devices_all_areAllowed() throws Exception {
    var all = new DeviceRule(true, "a", Optional.empty(), Optional.empty(), "rwm");
    try (Box box = box("mknod /tmp/k c 10 229; true < /tmp/k && echo fuse", NONE, all)) {
      assertEquals("fuse\n", box.run(0));
    }
  }

  @Test
  void devices_updated_changeWithoutANewContainer() throws Exception {
    assumeTrue(runtime.isOurs(), "the references do not take device rules in an update alike");
    try (Box box = box("sleep 100", NONE)) {
      box.create().start();
      assertTrue(box.exec(List.of(), "sh", "-c", OPEN).stdout().equals("zero\n"));
      Path file = directory.resolve("resources.json");
      Files.writeString(
          file,
          "{\"devices\":[{\"allow\":false,\"access\":\"rwm\"},"
              + "{\"allow\":true,\"type\":\"c\",\"major\":10,\"minor\":229,\"access\":\"rw\"}]}");
      box.verb("update", "--resources", file.toString());
      assertEquals("fuse\nzero\n", box.exec(List.of(), "sh", "-c", OPEN).stdout());
    }
  }

  @Test
  void devices_emptyAccess_isRefused() throws Exception {
    assumeTrue(!runtime.name().equals("crun"), "crun does not check it");
    var empty = new DeviceRule(true, "c", Optional.of(10L), Optional.of(229L), "");
    try (Box box = box("true", NONE, empty)) {
      var result = box.tryRun();
      assertEquals(1, result.code(), result.said());
      if (runtime.isOurs()) {
        assertTrue(
            result.stderr().contains("linux.resources.devices[1].access: '' is not"),
            result.said());
      }
    }
  }

  /** The v1 controller is hidden, so that the rules become a program in the unified tree. */
  @Test
  void devices_withoutTheV1Controller_areAProgram() throws Exception {
    assumeTrue(runtime.isOurs(), "runc and crun want the v1 controller on a hybrid host");
    assumeTrue(!Box.isUnified(), "this host has no v1 controller");
    try (Box box = box(OPEN, NONE, FUSE)) {
      var result =
          runtime.throughShell(
              "exec unshare -m sh -c 'umount /sys/fs/cgroup/devices; exec \"$@\"' sh \"$@\"",
              "run",
              "--bundle",
              box.bundle().directory().toString(),
              box.id());
      assertEquals("fuse\nzero\n", result.stdout(), result.said());
      assertTrue(result.stderr().contains("not permitted"), result.said());
    }
  }
}

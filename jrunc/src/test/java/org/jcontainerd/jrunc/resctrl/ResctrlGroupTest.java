package org.jcontainerd.jrunc.resctrl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.IntelRdt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of config-linux.md, "IntelRdt", on a directory that looks like a resctrl root. */
class ResctrlGroupTest {
  @TempDir Path root;

  @BeforeEach
  void lookLikeResctrl() throws Exception {
    Files.writeString(root.resolve("schemata"), "L3:0=fff;1=fff\nMB:0=100;1=100\n");
    Files.writeString(root.resolve("tasks"), "");
    Files.createDirectories(root.resolve("mon_groups"));
    Files.writeString(
        Files.createDirectories(root.resolve("info")).resolve("last_cmd_status"), "ok\n");
  }

  private ResctrlGroup group(UnaryOperator<IntelRdt.Builder> wanted) throws Exception {
    return ResctrlGroup.in(root, wanted.apply(IntelRdt.builder()).build(), "c1");
  }

  private String refusal(UnaryOperator<IntelRdt.Builder> wanted) {
    return String.valueOf(
        assertThrows(RuncFailure.class, () -> group(wanted).create()).getMessage());
  }

  private String text(String file) throws Exception {
    return Files.readString(root.resolve(file));
  }

  @Test
  void create_withoutClosId_makesAndRemovesADirectoryOfItsOwn() throws Exception {
    var group =
        group(b ->
            b.schemata(List.of("L2:0=f")).memBwSchema("MB:0=20").l3CacheSchema("L3:0=7f0;1=1f"));
    group.create();
    group.enter(4711);
    assertEquals("L3:0=7f0;1=1f\nMB:0=20\nL2:0=f\n", text("c1/schemata"));
    assertEquals("4711", text("c1/tasks"));
    Files.delete(root.resolve("c1/schemata")); // the kernel removes its files with the directory
    Files.delete(root.resolve("c1/tasks"));
    group.delete();
    assertFalse(Files.exists(root.resolve("c1")));
    group.delete();
  }

  @Test
  void create_directoryOfThatNameExists_fails() throws Exception {
    Files.createDirectory(root.resolve("c1"));
    String message = refusal(b -> b.l3CacheSchema("L3:0=1"));
    assertEquals("make resctrl group '" + root + "/c1': exists already: " + root + "/c1", message);
  }

  @Test
  void create_closIdWithSchemata_isMadeAndStays() throws Exception {
    var group = group(b -> b.closId("gold").schemata(List.of("L3:0=f")));
    group.create();
    group.delete();
    assertEquals("L3:0=f\n", text("gold/schemata"));
  }

  @Test
  void create_closIdWithoutSchemata_mustExist() throws Exception {
    assertEquals(
        "linux.intelRdt.closID: 'gold' does not exist in '%s', and there is no schema to make it with"
            .formatted(root),
        refusal(b -> b.closId("gold")));
    Files.createDirectory(root.resolve("gold"));
    var group = group(b -> b.closId("gold"));
    group.create();
    group.enter(5);
    assertEquals("5", text("gold/tasks"));
    assertFalse(Files.exists(root.resolve("gold/schemata")));
  }

  @Test
  void create_existingClosId_isComparedByValue() throws Exception {
    Files.createDirectory(root.resolve("gold"));
    Files.writeString(root.resolve("gold/schemata"), "    MB:0= 20;1=100\n    L3:0=007f0;1=fff\n");
    group(b -> b.closId("gold").l3CacheSchema("L3:0=7F0").memBwSchema("MB:0=20")).create();
    assertEquals(
        "linux.intelRdt: 'gold' exists with schemata other than [L3:0=7f1]",
        refusal(b -> b.closId("gold").l3CacheSchema("L3:0=7f1")));
    assertTrue(refusal(b -> b.closId("gold").schemata(List.of("L2:0=1"))).contains("[L2:0=1]"));
  }

  @Test
  void create_slash_isTheDefaultClass() throws Exception {
    var group = group(b -> b.closId("/").enableMonitoring(true));
    group.create();
    group.enter(9);
    assertEquals("9", text("tasks"));
    assertEquals("9", text("mon_groups/c1/tasks"));
    Files.delete(root.resolve("mon_groups/c1/tasks"));
    group.delete();
    assertFalse(Files.exists(root.resolve("mon_groups/c1")));
    assertTrue(Files.exists(root));
  }

  @Test
  void create_monitoringGroupCannotBeMade_failsWithTheKernelsWords() throws Exception {
    Files.writeString(root.resolve("info/last_cmd_status"), "out of RMIDs\n");
    Files.createDirectory(root.resolve("gold"));
    String message = refusal(b -> b.closId("gold").enableMonitoring(true));
    assertTrue(
        message.startsWith("make resctrl group '" + root + "/gold/mon_groups/c1' (out of RMIDs)"),
        message);
  }

  @Test
  void update_writesWhatIsGiven() throws Exception {
    var group = group(b -> b.l3CacheSchema("L3:0=fff"));
    group.create();
    group.update(IntelRdt.builder().memBwSchema("MB:0=5").build());
    assertTrue(text("c1/schemata").startsWith("MB:0=5\n"));
    assertEquals(
        "linux.intelRdt.memBwSchema: 'XX:0=5' does not begin with 'MB:'",
        assertThrows(
                RuncFailure.class,
                () -> group.update(IntelRdt.builder().memBwSchema("XX:0=5").build()))
            .getMessage());
  }

  @Test
  void check_namesThatLeaveTheRoot_areRefused() {
    for (String name : List.of("..", ".", "a/b", "/a")) {
      assertEquals(
          "linux.intelRdt.closID: '" + name + "' is no file name", refusal(b -> b.closId(name)));
    }
    assertEquals(
        "linux.intelRdt: a schema contains a newline",
        refusal(b -> b.schemata(List.of("L3:\nMB:"))));
  }
}

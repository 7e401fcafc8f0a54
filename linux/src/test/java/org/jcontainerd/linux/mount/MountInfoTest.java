package org.jcontainerd.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.jcontainerd.linux.sys.FileNames;
import org.junit.jupiter.api.Test;

class MountInfoTest {
  @Test
  void parse_lineOfTheManPage_hasAllFields() {
    MountInfo info =
        MountInfo.parse(
            "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue");
    assertEquals(
        new MountInfo(
            36,
            35,
            "98:0",
            "/mnt1",
            "/mnt2",
            List.of("rw", "noatime"),
            List.of("master:1"),
            "ext3",
            "/dev/root",
            List.of("rw", "errors=continue")),
        info);
    assertFalse(info.isShared());
  }

  @Test
  void parse_noTagsOrSeveral_isRight() {
    assertEquals(List.of(), MountInfo.parse("1 1 0:1 / / rw - rootfs none rw").tags());
    MountInfo two = MountInfo.parse("1 1 0:1 / / rw shared:5 master:4 - rootfs none rw");
    assertEquals(List.of("shared:5", "master:4"), two.tags());
    assertTrue(two.isShared());
  }

  @Test
  void parse_emptySource_isKept() {
    assertEquals("", MountInfo.parse("1 1 0:1 / /x rw -  x rw".replace("-  x", "- x ")).source());
  }

  @Test
  void parse_shortLine_isRefused() {
    for (String line : List.of("", "1 2 3", "36 35 98:0 /a /b rw - ext3 /dev/root")) {
      assertThrows(IllegalArgumentException.class, () -> MountInfo.parse(line));
    }
  }

  @Property
  void parse_anyMountPoint_readsBack(@ForAll @NotEmpty byte[] name) {
    for (int i = 0; i < name.length; i++) {
      name[i] = name[i] == 0 ? (byte) 'x' : name[i];
    }
    String line = "1 1 0:1 / /" + escaped(name) + " rw - tmpfs none rw"; // bytes as ISO 8859-1
    assertEquals("/" + FileNames.decode(name), MountInfo.parse(line).mountPoint());
  }

  /** As the kernel's mangle() does it. */
  private static String escaped(byte[] name) {
    var out = new StringBuilder();
    for (byte b : name) {
      char c = (char) (b & 0xFF);
      out.append(" \t\n\\#".indexOf(c) >= 0 ? "\\%03o".formatted((int) c) : String.valueOf(c));
    }
    return out.toString();
  }

  @Test
  void read_ownMounts_hasRootAndProc() throws Exception {
    assertTrue(MountInfo.at(Path.of("/")).isPresent());
    assertEquals("proc", MountInfo.at(Path.of("/proc")).orElseThrow().type());
    assertTrue(MountInfo.at(Path.of("/etc/passwd")).isEmpty());
  }
}

package org.jcontainerd.linux.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerPathTest {
  @ParameterizedTest
  @CsvSource({
    "'',/",
    "/,/",
    ".,/",
    "..,/",
    "a,/a",
    "/a//b/,/a/b",
    "a/./b,/a/b",
    "a/../b,/b",
    "../../etc/passwd,/etc/passwd",
    "/a/b/../../../c,/c",
    "a/..,/",
    "...,/..."
  })
  void of_text_isAbsoluteAndNormal(String text, String path) {
    assertEquals(path, ContainerPath.of(text).toString());
  }

  @Test
  void parts_thatAreNoNames_areRefused() {
    for (String part : List.of("", ".", "..", "a/b", "a\0b")) {
      assertThrows(IllegalArgumentException.class, () -> new ContainerPath(List.of(part)));
    }
    assertThrows(IllegalArgumentException.class, () -> ContainerPath.of("/a\0/b"));
  }

  @Test
  void parentNameAndResolve() {
    ContainerPath path = ContainerPath.of("/a/b");
    assertEquals("b", path.name());
    assertEquals(ContainerPath.of("/a"), path.parent());
    assertEquals(ContainerPath.of("/c"), path.resolve("../../../c"));
    assertEquals(ContainerPath.ROOT, ContainerPath.ROOT.parent());
    assertThrows(IllegalStateException.class, ContainerPath.ROOT::name);
    assertTrue(path.startsWith(path.parent()));
    assertFalse(ContainerPath.of("/ab").startsWith(ContainerPath.of("/a")));
  }

  @Property
  void of_anything_staysInside(
      @ForAll @Chars({'/', '.'}) @CharRange(from = 'a', to = 'b') String text) {
    ContainerPath path = ContainerPath.of(text);
    assertFalse(path.parts().contains(".."));
    assertEquals(path, ContainerPath.of(path.toString()));
  }
}

package org.jcontainerd.snapshotter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotDirectoriesTest {
  @TempDir private Path root;

  private SnapshotDirectories directories() throws IOException {
    return SnapshotDirectories.open(root);
  }

  private Path make(long number) throws IOException {
    directories().keep(directories().makeNew("fs"), number);
    return Files.writeString(directories().tree(number).resolve("file"), "content");
  }

  @Test
  void deleteOthers_afterARemovalThatWasCutOff_takesItBack() throws IOException {
    Path file = make(7);
    Path _ = directories().detach(7);
    assertFalse(Files.exists(file));
    assertEquals(List.of(), directories().deleteOthers(Set.of(7L)));
    assertEquals("content", Files.readString(file));
  }

  @Test
  void deleteOthers_withoutARecord_removesWhatIsLeft() throws IOException {
    Path kept = make(1);
    Path gone = make(2);
    make(3);
    Path _ = directories().detach(3);
    Path _ = directories().makeNew("fs");
    assertEquals(3, directories().deleteOthers(Set.of(1L)).size());
    assertTrue(Files.exists(kept));
    assertFalse(Files.exists(gone));
  }
}

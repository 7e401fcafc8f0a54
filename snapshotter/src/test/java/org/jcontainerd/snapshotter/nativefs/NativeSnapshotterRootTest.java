package org.jcontainerd.snapshotter.nativefs;

import java.io.IOException;
import java.nio.file.Path;
import org.jcontainerd.snapshotter.SnapshotStore;
import org.jcontainerd.snapshotter.Snapshotter;
import org.jcontainerd.snapshotter.SnapshotterContract;

class NativeSnapshotterRootTest extends SnapshotterContract {
  @Override
  protected Snapshotter open(Path root, SnapshotStore store) throws IOException {
    return NativeSnapshotter.open(root, store);
  }
}

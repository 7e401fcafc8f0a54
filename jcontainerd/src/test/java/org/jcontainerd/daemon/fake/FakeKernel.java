package org.jcontainerd.daemon.fake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jcontainerd.daemon.sandbox.PodKernel;

/** Pins are files, mounts are entries of a set. */
public final class FakeKernel implements PodKernel {
  public final Set<Path> mounts = ConcurrentHashMap.newKeySet();
  private final Failpoints failpoints;

  public FakeKernel(Failpoints failpoints) {
    this.failpoints = failpoints;
  }

  @Override
  public void createNetns(Path pin) throws IOException {
    failpoints.at("netns.create");
    Files.createFile(pin);
  }

  @Override
  public void deleteNetns(Path pin) throws IOException {
    failpoints.at("netns.delete");
    Files.deleteIfExists(pin);
  }

  @Override
  public void mountShm(Path directory) throws IOException {
    failpoints.at("shm.mount");
    mounts.add(directory);
  }

  @Override
  public void unmount(Path directory) throws IOException {
    failpoints.at("shm.unmount");
    mounts.remove(directory);
  }
}

package org.jcontainerd.daemon.fake;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jcontainerd.daemon.sandbox.PodNetworks;
import org.jcontainerd.daemon.sandbox.Sandbox;

/** Networks that remember who is connected. */
public final class FakeNetworks implements PodNetworks {
  public final Set<String> connected = ConcurrentHashMap.newKeySet();
  public volatile Optional<String> trouble = Optional.empty();
  private final Failpoints failpoints;

  public FakeNetworks(Failpoints failpoints) {
    this.failpoints = failpoints;
  }

  @Override
  public Optional<String> unready() {
    return trouble;
  }

  @Override
  public List<String> attach(Sandbox sandbox, Path netns) throws Exception {
    connected.add(sandbox.id()); // also when it fails: a plugin may leave something
    failpoints.at("network.attach");
    return List.of("10.1.2.3", "fd00::3");
  }

  @Override
  public void detach(Sandbox sandbox, Path netns) throws Exception {
    failpoints.at("network.detach");
    connected.remove(sandbox.id());
  }

  @Override
  public void collect(Set<String> sandboxIds) {
    connected.retainAll(sandboxIds);
  }
}

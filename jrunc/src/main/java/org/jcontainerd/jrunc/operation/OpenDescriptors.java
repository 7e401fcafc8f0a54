package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.jrunc.compile.CompiledPlan;
import org.jcontainerd.jrunc.compile.DescriptorSource;
import org.jcontainerd.jrunc.launch.Launcher;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;

/**
 * Opens the descriptors that a plan needs. Closing closes those that were opened here, not those
 * that were given. Confined to one thread.
 */
final class OpenDescriptors implements AutoCloseable {

  /**
   * Where descriptors come from.
   *
   * @param container the init process, as pidfd
   * @param directory of the process, for a keeper
   * @param fifo of a container that waits without a keeper
   */
  record Providers(
      Stdio stdio,
      List<Fd> preserved,
      ContainerCgroup cgroup,
      Launcher launcher,
      Optional<Fd> container,
      Optional<Path> directory,
      Optional<Fd> fifo) {}

  private final Providers providers;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Map<Slot, Fd> bySlot = new HashMap<>();

  private OpenDescriptors(Providers providers) {
    this.providers = providers;
  }

  static OpenDescriptors open(CompiledPlan plan, Providers providers) throws IOException {
    var descriptors = new OpenDescriptors(providers);
    try {
      List<Slot> slots = plan.plan().passed();
      for (int i = 0; i < slots.size(); i++) {
        descriptors.bySlot.put(slots.get(i), descriptors.open(plan.sources().get(i)));
      }
      return descriptors;
    } catch (IOException | RuntimeException e) {
      descriptors.close();
      throw e;
    }
  }

  Map<Slot, Fd> bySlot() {
    return bySlot;
  }

  private Fd open(DescriptorSource source) throws IOException {
    return switch (source) {
      case DescriptorSource.NamespaceFile(String path) -> own(HostFile.reading(Path.of(path)));
      case DescriptorSource.ContainerProcess _ -> providers.container().orElseThrow();
      case DescriptorSource.CgroupTasks(String hierarchy) ->
          own(providers.cgroup().openTasks(hierarchy));
      case DescriptorSource.CgroupProcs _ -> own(providers.cgroup().openProcs());
      case DescriptorSource.CgroupDirectory _ -> own(providers.cgroup().openDirectory());
      case DescriptorSource.KeeperDirectory _ ->
          own(HostFile.directory(providers.directory().orElseThrow()));
      case DescriptorSource.StandardStream(int number) -> stream(number);
      case DescriptorSource.Preserved(int index) -> providers.preserved().get(index);
      case DescriptorSource.ConsoleSocket _ -> console();
      case DescriptorSource.StartFifo _ -> providers.fifo().orElseThrow();
      case DescriptorSource.IdMapNamespace(var uids, var gids) ->
          own(IdMapNamespaces.open(providers.launcher(), uids, gids));
    };
  }

  private Fd own(Fd fd) {
    opened.add(fd);
    return fd;
  }

  private Fd stream(int number) {
    if (!(providers.stdio() instanceof Stdio.Inherited given)) {
      throw new IllegalStateException("stream " + number + " of " + providers.stdio());
    }
    return number == 0 ? given.stdin() : number == 1 ? given.stdout() : given.stderr();
  }

  private Fd console() throws IOException {
    if (providers.stdio() instanceof Stdio.ConsoleConnection connected) {
      return connected.socket();
    }
    if (!(providers.stdio() instanceof Stdio.ConsoleSocket console)) {
      throw new IllegalStateException("console socket of " + providers.stdio());
    }
    UnixSocket socket = UnixSocket.connect(SocketType.STREAM, console.socket());
    opened.add(socket);
    return socket.fd();
  }

  @Override
  public void close() {
    for (AutoCloseable one : opened) {
      if (one instanceof Fd fd) {
        fd.close();
      } else if (one instanceof UnixSocket socket) {
        socket.close();
      } else {
        throw new IllegalStateException(one.toString());
      }
    }
  }
}

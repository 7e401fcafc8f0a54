package org.jcontainerd.jshim.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jcontainerd.jrunc.ContainerStatus;
import org.jcontainerd.jrunc.CreateRequest;
import org.jcontainerd.jrunc.ExecRequest;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.JruncOptions;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jshim.ShimLog;
import org.jcontainerd.jshim.service.Runtimes;
import org.jcontainerd.jshim.task.ContainerRuntime;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.oci.runtime.Resources;

/** The jrunc library, one for each state directory. Thread-safe. */
final class JruncRuntimes implements Runtimes, AutoCloseable {
  private final KernelWaiter waiter;
  private final ShimLog log;
  private final Map<Path, Linked> byRoot = new ConcurrentHashMap<>();

  JruncRuntimes(KernelWaiter waiter, ShimLog log) {
    this.waiter = waiter;
    this.log = log;
  }

  @Override
  public ContainerRuntime at(Path root) {
    return byRoot.computeIfAbsent(root, this::open);
  }

  private Linked open(Path root) {
    try {
      return new Linked(
          Jrunc.open(
              JruncOptions.daemon(
                  root, waiter, line -> log.warn("runtime", new IOException(line)))));
    } catch (LinuxException e) {
      throw new UncheckedIOException("open runtime at '" + root + "'", e);
    }
  }

  @Override
  public void close() {
    byRoot.values().forEach(linked -> linked.jrunc().close());
  }

  /** In-process. */
  private record Linked(Jrunc jrunc) implements ContainerRuntime {
    @Override
    public StartedProcess create(CreateRequest request) throws RuncFailure {
      return jrunc.create(request);
    }

    @Override
    public void start(String id) throws RuncFailure {
      jrunc.start(id);
    }

    @Override
    public StartedProcess exec(ExecRequest request) throws RuncFailure {
      return jrunc.exec(request);
    }

    @Override
    public void kill(String id, Signal signal, boolean all) throws RuncFailure {
      jrunc.kill(id, signal, all);
    }

    @Override
    public void delete(String id, boolean force) throws RuncFailure {
      jrunc.delete(id, force);
    }

    @Override
    public List<Integer> pids(String id) throws RuncFailure {
      return jrunc.pids(id);
    }

    @Override
    public void update(String id, Resources resources) throws RuncFailure {
      jrunc.update(id, resources);
    }

    @Override
    public void pause(String id) throws RuncFailure {
      jrunc.pause(id);
    }

    @Override
    public void resume(String id) throws RuncFailure {
      jrunc.resume(id);
    }

    @Override
    public boolean isPaused(String id) throws RuncFailure {
      return jrunc.info(id).status() == ContainerStatus.PAUSED;
    }
  }
}

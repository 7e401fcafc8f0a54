package org.jcontainerd.daemon.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniHost;
import org.jcontainerd.oci.cni.CniAttachment;
import org.jcontainerd.oci.cni.CniResult;
import org.jcontainerd.oci.cni.CniVersion;

/**
 * Connects pods to the network of the node. Thread-safe; operations for one pod are made one after
 * the other by the caller, those of different pods run at the same time. Each runs on a platform
 * thread: the kernel may make it wait.
 */
public final class Networks implements AutoCloseable {
  private final NetworkDirectories directories;
  private final CniHost host;
  private final ConfigDirectory config;
  private final ResultCache cache;
  private final UnusedTables unusedTables;

  /** The specification wants GC to be alone; all else shares. Held while plugins run. */
  private final ReadWriteLock collecting = new ReentrantReadWriteLock();

  /**
   * @param host the node's side; owned from now on
   */
  public Networks(NetworkDirectories directories, CniHost host) {
    this.directories = directories;
    this.host = host;
    this.config = new ConfigDirectory(directories.conf());
    this.cache = new ResultCache(directories.cache());
    this.unusedTables = new UnusedTables(host);
  }

  /** Whether pods can be connected now; the configuration is read anew if it changed. */
  public NetworkStatus status() {
    try {
      NetworkList list = config.current();
      var chain = new PluginChain(list, directories.bin(), host);
      chain.requirePlugins();
      if (list.version().atLeast(CniVersion.V1_1_0)) {
        PlatformThread.run("cni status", chain::status);
      }
      return new NetworkStatus.Ready(list.name());
    } catch (NetworkFailure.NotReady | CniFailure | IOException e) {
      String message = "cni plugin not initialized: " + e.getMessage();
      return new NetworkStatus.NotReady(NetworkStatus.NotReady.NOT_READY, message);
    }
  }

  /**
   * Connects a pod. Leaves nothing behind when it fails, or else a record by which {@link #detach}
   * and {@link #collect} find it.
   *
   * @throws NetworkFailure.NotReady if there is no usable configuration
   * @throws NetworkFailure.Failed if a plugin failed
   */
  public NetworkResult attach(Attachment attachment) throws NetworkFailure {
    NetworkList list = config.current();
    var chain = new PluginChain(list, directories.bin(), host);
    var intent = ResultCache.Entry.of(list, attachment, Capabilities.of(attachment));
    collecting.readLock().lock();
    try {
      CniResult result =
          PlatformThread.call("cni add " + attachment.sandboxId(), () -> add(chain, intent));
      return NetworkResult.of(result);
    } catch (CniFailure | IOException e) {
      throw new NetworkFailure.Failed(
          "attach sandbox '%s' to network '%s'".formatted(attachment.sandboxId(), list.name()), e);
    } finally {
      collecting.readLock().unlock();
    }
  }

  private CniResult add(PluginChain chain, ResultCache.Entry intent)
      throws CniFailure, IOException {
    cache.put(intent);
    try {
      CniResult result = chain.add(intent);
      cache.put(intent.with(result));
      return result;
    } catch (CniFailure | IOException | RuntimeException e) {
      unusedTables.removeLater();
      try { // section 3: DEL must follow a failed ADD
        chain.del(intent);
        cache.remove(intent);
      } catch (CniFailure | IOException undo) {
        e.addSuppressed(undo); // the record stays, so DEL will be tried again
      }
      throw e;
    }
  }

  /**
   * Disconnects a pod, with the configuration by which it was connected. What is not connected, or
   * whose namespace is gone, is success. The caller deletes the pod's network namespace right
   * after: the link is only cut off here and goes with the namespace, which spares the wait for a
   * grace period. Tables of packet rules that no pod uses any more go a moment later.
   *
   * @throws NetworkFailure.Failed if something is left; to be called again then
   */
  public void detach(Attachment attachment) throws NetworkFailure {
    detach(attachment.sandboxId());
  }

  /** As {@link #detach(Attachment)}: all that is needed is on record. */
  public void detach(String sandboxId) throws NetworkFailure {
    collecting.readLock().lock();
    try {
      PlatformThread.run(
          "cni del " + sandboxId,
          () -> {
            for (ResultCache.Entry entry : cache.of(sandboxId)) {
              del(entry);
            }
          });
    } catch (CniFailure | IOException e) {
      throw new NetworkFailure.Failed("detach sandbox '" + sandboxId + "'", e);
    } finally {
      unusedTables.removeLater();
      collecting.readLock().unlock();
    }
  }

  private void del(ResultCache.Entry entry) throws CniFailure, IOException {
    new PluginChain(entry.list(), directories.bin(), host).del(entry);
    cache.remove(entry);
  }

  /**
   * Fails if a connected pod is not as it was when it was connected.
   *
   * @throws NetworkFailure.Failed with the first thing that is wrong
   */
  public void check(String sandboxId) throws NetworkFailure {
    collecting.readLock().lock();
    try {
      PlatformThread.run(
          "cni check " + sandboxId,
          () -> {
            for (ResultCache.Entry entry : cache.of(sandboxId)) {
              new PluginChain(entry.list(), directories.bin(), host).check(entry);
            }
          });
    } catch (CniFailure | IOException e) {
      throw new NetworkFailure.Failed("check sandbox '" + sandboxId + "'", e);
    } finally {
      collecting.readLock().unlock();
    }
  }

  /**
   * Releases what belongs to none of these sandboxes: attachments of ours on record are detached;
   * then, if the configuration has a version with GC and does not disable it, the plugins remove
   * what is on no record. Attachments of other programs in the same directories are left alone.
   * Runs when no attach or detach does.
   *
   * @throws NetworkFailure.Failed after everything was tried
   */
  public void collect(Set<String> validSandboxIds) throws NetworkFailure {
    collecting.writeLock().lock();
    try {
      PlatformThread.run("cni gc", () -> collectAlone(validSandboxIds));
    } catch (CniFailure | IOException e) {
      throw new NetworkFailure.Failed("collect attachments", e);
    } finally {
      unusedTables.removeLater();
      collecting.writeLock().unlock();
    }
  }

  private void collectAlone(Set<String> validSandboxIds) throws CniFailure, IOException {
    List<CniFailure> failures = new ArrayList<>();
    for (ResultCache.Entry entry : cache.all()) {
      if (entry.ours() && !validSandboxIds.contains(entry.containerId())) {
        try {
          del(entry);
        } catch (CniFailure e) {
          failures.add(e);
        } catch (IOException e) {
          failures.add(CniFailure.io("record of '" + entry.containerId() + "'", e));
        }
      }
    }
    try {
      NetworkList list = config.current();
      if (list.version().atLeast(CniVersion.V1_1_0) && !list.disableGc()) {
        List<CniAttachment> valid =
            cache.all().stream()
                .filter(e -> e.networkName().equals(list.name()))
                .map(e -> new CniAttachment(e.containerId(), e.ifName()))
                .toList();
        new PluginChain(list, directories.bin(), host).gc(valid);
      }
    } catch (NetworkFailure.NotReady _) {
      // without a configuration there is no plugin to ask
    } catch (CniFailure e) {
      failures.add(e);
    }
    if (!failures.isEmpty()) {
      CniFailure first = failures.getFirst();
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }

  @Override
  public void close() {
    unusedTables.close();
    host.close();
  }
}

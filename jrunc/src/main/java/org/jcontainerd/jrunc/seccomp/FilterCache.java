package org.jcontainerd.jrunc.seccomp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jspecify.annotations.Nullable;

/**
 * Compiled filters by profile. A node has few profiles and starts many processes with each;
 * compiling one takes longer than all else that is done in Java for an exec. A library remembers
 * them, a command finds those of earlier commands on disk. Thread-safe.
 */
public final class FilterCache {
  private static final int MOST = 32;

  private final ReentrantLock lock = new ReentrantLock();
  private final Optional<FilterFiles> files;
  private final Consumer<String> warnings;
  private @Nullable FilterCompiler compiler;
  private final Map<Seccomp, Filter> filters =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Seccomp, Filter> eldest) {
          return size() > MOST;
        }
      };

  private FilterCache(Optional<FilterFiles> files, Consumer<String> warnings) {
    this.files = files;
    this.warnings = warnings;
  }

  /** For a process that compiles often. */
  public static FilterCache inMemory() {
    return new FilterCache(Optional.empty(), _ -> {});
  }

  /**
   * For a process that compiles once.
   *
   * @param directory made if missing, with mode 0700; its parent must exist when a filter is kept
   * @param warnings told why the directory is not used
   */
  public static FilterCache onDisk(Path directory, Consumer<String> warnings) {
    return new FilterCache(Optional.of(new FilterFiles(directory, Architecture.host())), warnings);
  }

  /** The filter of a profile. */
  public Filter compile(Seccomp seccomp) throws RuncFailure.InvalidArgument {
    lock.lock();
    try {
      Filter filter = filters.get(seccomp);
      if (filter == null) {
        Optional<Filter> kept = find(seccomp);
        filter = kept.isPresent() ? kept.get() : compileAndKeep(seccomp);
        filters.put(seccomp, filter);
      }
      return filter;
    } finally {
      lock.unlock();
    }
  }

  private Optional<Filter> find(Seccomp seccomp) {
    try {
      return files.isPresent() ? files.get().read(seccomp) : Optional.empty();
    } catch (IOException e) {
      warnings.accept(String.valueOf(e.getMessage())); // slower, not wrong
      return Optional.empty();
    }
  }

  private Filter compileAndKeep(Seccomp seccomp) throws RuncFailure.InvalidArgument {
    if (compiler == null) {
      compiler = new FilterCompiler();
    }
    Filter filter = compiler.compile(seccomp);
    try {
      if (files.isPresent()) {
        files.get().write(seccomp, filter);
      }
    } catch (IOException e) {
      // A full or read-only disk, or the directory that reading has warned of: next time again.
    }
    return filter;
  }
}

package org.jcontainerd.jrunc.seccomp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jspecify.annotations.Nullable;

/**
 * Compiled filters by profile. A node has few profiles and starts many processes with each;
 * compiling one takes longer than all else that is done in Java for an exec. Thread-safe.
 */
public final class FilterCache {
  private static final int MOST = 32;

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable FilterCompiler compiler;
  private final Map<Seccomp, Filter> filters =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Seccomp, Filter> eldest) {
          return size() > MOST;
        }
      };

  /** The filter of a profile. */
  public Filter compile(Seccomp seccomp) throws RuncFailure.InvalidArgument {
    lock.lock();
    try {
      Filter filter = filters.get(seccomp);
      if (filter == null) {
        if (compiler == null) {
          compiler = new FilterCompiler();
        }
        filter = compiler.compile(seccomp);
        filters.put(seccomp, filter);
      }
      return filter;
    } finally {
      lock.unlock();
    }
  }
}

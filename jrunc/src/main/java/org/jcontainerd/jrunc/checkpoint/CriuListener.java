package org.jcontainerd.jrunc.checkpoint;

import java.io.IOException;
import java.util.List;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Fd;

/** Hears at which point criu is; criu goes on when the method returns. */
public interface CriuListener {
  /**
   * A point is reached (criu(8), "--action-script").
   *
   * @param point such as {@code post-dump}, {@code setup-namespaces}, {@code post-restore}
   * @param pid of the container's first process, 0 at points that do not name it
   * @param fds descriptors that came with it, closed after the call
   */
  void reached(String point, int pid, List<Fd> fds) throws IOException, RuncFailure;
}

package org.jcontainerd.jrunc.keeper;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.Pipe;

/**
 * Duplicates of what a keeper holds; closed together by the receiver, or each by whoever takes it.
 *
 * @param stdin write end
 * @param stdout read end
 * @param stderr read end
 * @param terminal master of the pty
 * @param spools of stdout and stderr, or of the terminal
 * @param journal of the log writer
 * @param spare pipe between a terminal and its spool
 */
public record KeeperDescriptors(
    Optional<Fd> stdin,
    Optional<Fd> stdout,
    Optional<Fd> stderr,
    Optional<Fd> terminal,
    List<Fd> spools,
    Optional<Fd> journal,
    Optional<Pipe> spare)
    implements AutoCloseable {
  private static final int SPOOLS = 4;
  private static final int JOURNAL = 6;
  private static final int SPARE = 7;
  private static final int ALL = 9;

  public KeeperDescriptors {
    spools = List.copyOf(spools);
  }

  /** The bits of the bitmap say which descriptors came, in the order of the bits. */
  static KeeperDescriptors of(int bitmap, List<Fd> fds) {
    List<Optional<Fd>> all = new ArrayList<>(ALL);
    int next = 0;
    for (int i = 0; i < ALL; i++) {
      all.add((bitmap >> i & 1) == 0 ? Optional.empty() : Optional.of(fds.get(next++)));
    }
    return new KeeperDescriptors(
        all.get(0),
        all.get(1),
        all.get(2),
        all.get(3),
        all.subList(SPOOLS, JOURNAL).stream().flatMap(Optional::stream).toList(),
        all.get(JOURNAL),
        all.get(SPARE).flatMap(in -> all.get(SPARE + 1).map(out -> new Pipe(in, out))));
  }

  @Override
  public void close() {
    stdin.ifPresent(Fd::close);
    stdout.ifPresent(Fd::close);
    stderr.ifPresent(Fd::close);
    terminal.ifPresent(Fd::close);
    spools.forEach(Fd::close);
    journal.ifPresent(Fd::close);
    spare.ifPresent(Pipe::close);
  }
}

package org.jcontainerd.daemon.record;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jcontainerd.daemon.concurrent.KeyedLocks;
import org.jcontainerd.daemon.concurrent.Undo;
import org.jcontainerd.daemon.failure.DaemonFailure;

/**
 * The records of one kind: immutable snapshots in memory for every reader, a table below for the
 * next start. Reading takes no lock and no I/O. A change is written to the table first, then
 * published; all changes to one record pass through its lock ({@link #with}).
 *
 * <p>Thread-safe. Lock order: a pod's before its containers'.
 */
public final class Registry<T extends Identified> {
  private static final int ID_LENGTH = 64;

  private final String kind;
  private final RecordTable<T> table;
  private final ConcurrentHashMap<String, T> records = new ConcurrentHashMap<>();
  private final KeyedLocks<String> locks = new KeyedLocks<>();

  /**
   * @param kind how messages call such a record, as in "container"
   */
  public Registry(String kind, RecordTable<T> table) {
    this.kind = kind;
    this.table = table;
  }

  /** Reads the table; once, before anything else. */
  public void load() throws Exception {
    for (T each : table.all()) {
      records.put(each.id(), each);
    }
  }

  public Optional<T> find(String id) {
    return Optional.ofNullable(records.get(id));
  }

  /**
   * Finds by id, or by a prefix that only one record has, which is what people type.
   *
   * @throws DaemonFailure.InvalidArgument if several records have the prefix
   */
  public Optional<T> findByPrefix(String idOrPrefix) {
    T exact = records.get(idOrPrefix);
    if (exact != null || idOrPrefix.isEmpty() || idOrPrefix.length() >= ID_LENGTH) {
      return Optional.ofNullable(exact);
    }
    List<T> matching =
        records.values().stream().filter(r -> r.id().startsWith(idOrPrefix)).limit(2).toList();
    if (matching.size() > 1) {
      throw new DaemonFailure.InvalidArgument(
          kind + " '" + idOrPrefix + "': several ids begin so. Give more digits");
    }
    return matching.stream().findFirst();
  }

  /**
   * As {@link #findByPrefix}.
   *
   * @throws DaemonFailure.NotFound if there is none
   */
  public T require(String idOrPrefix) {
    if (idOrPrefix.isEmpty()) {
      throw new DaemonFailure.InvalidArgument(kind + " id: is empty");
    }
    return findByPrefix(idOrPrefix).orElseThrow(() -> new DaemonFailure.NotFound(kind, idOrPrefix));
  }

  /** Every record, in no order; a live view that never fails under change. */
  public Collection<T> all() {
    return Collections.unmodifiableCollection(records.values());
  }

  /** Runs {@code work} as the only writer of the record. */
  public <R> R with(String id, Callable<R> work) throws Exception {
    return locks.with(id, work);
  }

  /** As {@link #with}, for work without a result. */
  public void run(String id, Undo.Action work) throws Exception {
    locks.run(id, work);
  }

  /** Adds a record. */
  public void insert(T value) throws Exception {
    locks.run(
        value.id(),
        () -> {
          table.insert(value);
          records.put(value.id(), value);
        });
  }

  /**
   * Replaces a record by what {@code change} makes of it; nothing is written if that is the same.
   *
   * @throws DaemonFailure.NotFound if it is gone
   */
  @CanIgnoreReturnValue
  public T update(String id, UnaryOperator<T> change) throws Exception {
    return locks.with(
        id,
        () -> {
          T before = find(id).orElseThrow(() -> new DaemonFailure.NotFound(kind, id));
          T after = change.apply(before);
          if (!after.equals(before)) {
            table.update(after);
            records.put(id, after);
          }
          return after;
        });
  }

  /** Removes a record; nothing happens if there is none. */
  public void delete(String id) throws Exception {
    locks.run(
        id,
        () -> {
          table.delete(id);
          records.remove(id);
        });
  }
}

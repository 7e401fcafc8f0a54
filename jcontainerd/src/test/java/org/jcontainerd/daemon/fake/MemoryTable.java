package org.jcontainerd.daemon.fake;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jcontainerd.daemon.record.Identified;
import org.jcontainerd.daemon.record.RecordTable;

/** A table that survives a daemon object, as the file survives the process. */
public final class MemoryTable<T extends Identified> implements RecordTable<T> {
  private final String name;
  private final Failpoints failpoints;
  private final ConcurrentHashMap<String, T> rows = new ConcurrentHashMap<>();

  public MemoryTable(String name, Failpoints failpoints) {
    this.name = name;
    this.failpoints = failpoints;
  }

  @Override
  public List<T> all() {
    return List.copyOf(rows.values());
  }

  @Override
  public void insert(T value) throws Exception {
    failpoints.at(name + ".insert");
    if (rows.putIfAbsent(value.id(), value) != null) {
      throw new IllegalStateException("inserted twice: " + value.id());
    }
  }

  @Override
  public void update(T value) throws Exception {
    failpoints.at(name + ".update");
    if (rows.replace(value.id(), value) == null) {
      throw new IllegalStateException("updated without a row: " + value.id());
    }
  }

  @Override
  public void delete(String id) throws Exception {
    failpoints.at(name + ".delete");
    rows.remove(id);
  }
}

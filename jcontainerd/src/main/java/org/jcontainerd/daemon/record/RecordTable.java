package org.jcontainerd.daemon.record;

import java.util.List;

/**
 * Where the records of one kind survive the daemon. Every method is one transaction that is durable
 * against a kill of the process when it returns. Thread-safe.
 */
public interface RecordTable<T> {
  List<T> all() throws Exception;

  void insert(T value) throws Exception;

  /** Writes what can change in a record after its insertion. */
  void update(T value) throws Exception;

  /** Does nothing if there is no such record. */
  void delete(String id) throws Exception;
}

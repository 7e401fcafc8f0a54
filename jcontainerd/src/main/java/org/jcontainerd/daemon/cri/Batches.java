package org.jcontainerd.daemon.cri;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Cuts a list into messages far below gRPC's limit; no message is empty (KEP-5825). */
public final class Batches {
  private static final int ITEMS = 256;

  private Batches() {}

  public static <T> void send(Stream<T> items, Consumer<List<T>> out) {
    var batch = new ArrayList<T>(ITEMS);
    items.forEachOrdered(item -> {
      batch.add(item);
      if (batch.size() == ITEMS) {
        out.accept(List.copyOf(batch));
        batch.clear();
      }
    });
    if (!batch.isEmpty()) {
      out.accept(batch);
    }
  }
}

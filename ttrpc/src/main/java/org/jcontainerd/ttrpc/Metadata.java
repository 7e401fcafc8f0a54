package org.jcontainerd.ttrpc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys and values that travel beside a request; a key may have several values. Keys are lower case,
 * as the reference makes them. Immutable.
 */
public record Metadata(Map<String, List<String>> values) {
  /** containerd's namespace of the call. */
  public static final String NAMESPACE = "containerd-namespace-ttrpc";

  public static final Metadata EMPTY = new Metadata(Map.of());

  public Metadata {
    var copy = new LinkedHashMap<String, List<String>>();
    values.forEach((key, list) -> copy.put(key, List.copyOf(list)));
    values = java.util.Collections.unmodifiableMap(copy);
  }

  /** Metadata with containerd's namespace. */
  public static Metadata namespace(String namespace) {
    return EMPTY.with(NAMESPACE, namespace);
  }

  /** These values and one more. */
  public Metadata with(String key, String value) {
    var next = new LinkedHashMap<>(values);
    var list = new ArrayList<>(next.getOrDefault(key, List.of()));
    list.add(value);
    next.put(key, list);
    return new Metadata(next);
  }

  /** The first value of {@code key}. */
  public Optional<String> first(String key) {
    return values.getOrDefault(key, List.of()).stream().findFirst();
  }
}

package org.jcontainerd.daemon.record;

/** A thing with an id of 64 hex digits. */
public interface Identified {
  String id();
}

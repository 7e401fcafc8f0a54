package org.jcontainerd.cni;

/** The operations of the CNI specification, section 2. */
public enum CniVerb {
  ADD,
  DEL,
  CHECK,
  GC,
  STATUS,
  VERSION
}

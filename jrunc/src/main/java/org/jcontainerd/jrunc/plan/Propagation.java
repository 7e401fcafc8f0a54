package org.jcontainerd.jrunc.plan;

/** How mount events travel (mount_namespaces(7)); the values are the MS_* bits. */
public enum Propagation {
  /** Leaves it as the kernel made it. */
  UNCHANGED(0),
  UNBINDABLE(1 << 17),
  PRIVATE(1 << 18),
  SLAVE(1 << 19),
  SHARED(1 << 20);

  private final int flag;

  Propagation(int flag) {
    this.flag = flag;
  }

  int flag() {
    return flag;
  }
}

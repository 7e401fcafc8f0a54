package org.jcontainerd.jrunc.plan;

import java.util.Set;

/** A kind of namespace, with its CLONE_NEW* bit (linux/sched.h). */
public enum Namespace {
  TIME(0x80),
  MOUNT(0x20000),
  CGROUP(0x2000000),
  UTS(0x4000000),
  IPC(0x8000000),
  USER(0x10000000),
  PID(0x20000000),
  NETWORK(0x40000000);

  private final long flag;

  Namespace(long flag) {
    this.flag = flag;
  }

  /** The CLONE_NEW* bit. */
  public long flag() {
    return flag;
  }

  static long flags(Set<Namespace> namespaces) {
    return namespaces.stream().mapToLong(Namespace::flag).reduce(0, (a, b) -> a | b);
  }
}

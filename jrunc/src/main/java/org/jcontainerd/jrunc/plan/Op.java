package org.jcontainerd.jrunc.plan;

import java.util.Locale;

/**
 * The one table of steps: number, place and layout of the payload.
 *
 * <p>{@code ops.h} of the helper is made from it and a test fails if the two differ. Numbers are
 * never reused. Layout letters: {@code u} u32, {@code U} u64, {@code s} string ended by NUL, {@code
 * S} u32 count and so many strings, {@code b} u32 length and so many bytes, {@code L} u32 count and
 * so many u32, {@code f} slot, {@code o} slot or none. All little endian, not aligned.
 */
enum Op {
  SUBREAPER(1, Place.PARENT, ""),
  SESSION(2, Place.EITHER, ""),
  JOIN(3, Place.EITHER, "fU"),
  UNSHARE(4, Place.EITHER, "U"),
  WRITE_PROC(5, Place.EITHER, "ss"),
  PIPES(6, Place.PARENT, "uooo"),
  SPOOLS(7, Place.PARENT, "u"),
  OPEN_TREE(8, Place.PARENT, "suUUof"),
  CLONE(9, Place.PARENT, "Uo"),
  DUMPABLE(10, Place.EITHER, "u"),
  BEGIN_IN(11, Place.PARENT, "s"),

  ID_MAPS(20, Place.KEEPER, "ssu"),
  KEEP(22, Place.KEEPER, "f"),
  DETACH(23, Place.KEEPER, ""),

  AWAIT(40, Place.CHILD, ""),
  FORK(41, Place.CHILD, ""),
  ENTER_CGROUP(42, Place.CHILD, "f"),
  LET_GO(43, Place.CHILD, "Lu"),

  ROOT(61, Place.CHILD, "suo"),
  BIND(62, Place.CHILD, "sosuUUUUu"),
  MOUNT(63, Place.CHILD, "sssUSuu"),
  SET_ATTRIBUTES(64, Place.CHILD, "suUUu"),
  MKDIR(65, Place.CHILD, "su"),
  MKNOD(66, Place.CHILD, "suuuuu"),
  SYMLINK(67, Place.CHILD, "ss"),
  MASK(68, Place.CHILD, "s"),
  READ_ONLY(69, Place.CHILD, "s"),
  PIVOT(70, Place.CHILD, ""),
  MOVE_ROOT(71, Place.CHILD, ""),
  CHROOT(72, Place.CHILD, "s"),
  TERMINAL(73, Place.CHILD, "uuou"),
  OLD_MOUNT(74, Place.CHILD, "sssUs"),

  HOSTNAME(90, Place.CHILD, "s"),
  DOMAINNAME(91, Place.CHILD, "s"),
  LOOPBACK_UP(92, Place.CHILD, ""),
  RLIMIT(93, Place.CHILD, "uUU"),
  UMASK(94, Place.CHILD, "u"),
  KEYRING(95, Place.CHILD, "s"),
  PERSONALITY(96, Place.CHILD, "U"),
  SCHEDULER(97, Place.CHILD, "b"),
  IO_PRIORITY(98, Place.CHILD, "u"),
  AFFINITY(99, Place.EITHER, "b"),
  MEMORY_POLICY(100, Place.CHILD, "ub"),
  BOUNDING_SET(101, Place.CHILD, "U"),
  KEEP_CAPABILITIES(102, Place.CHILD, "u"),
  IDENTITY(103, Place.CHILD, "uuuL"),
  CAPABILITIES(104, Place.CHILD, "UUUU"),
  NO_NEW_PRIVILEGES(105, Place.CHILD, ""),
  SECCOMP(106, Place.CHILD, "ub"),
  CHDIR(107, Place.CHILD, "s"),
  FIND_PROGRAM(108, Place.CHILD, "ss"),
  DESCRIPTORS(109, Place.CHILD, "uL"),
  SYNC(110, Place.CHILD, "s"),
  READY(111, Place.CHILD, ""),
  WAIT_FIFO(112, Place.CHILD, "f"),
  EXEC(113, Place.CHILD, "sSS"),
  OWN_STDIO(114, Place.CHILD, "u");

  /** Where a step runs. */
  enum Place {
    /** In the spawned helper, before the clone. */
    PARENT,
    /** In the helper, after the clone; the child waits for these at {@link #AWAIT}. */
    KEEPER,
    /** In the new process. */
    CHILD,
    /** In the helper if it stands before the clone, in the new process otherwise. */
    EITHER
  }

  private final int number;
  private final Place place;
  private final String layout;

  Op(int number, Place place, String layout) {
    this.number = number;
    this.place = place;
    this.layout = layout;
  }

  int number() {
    return number;
  }

  Place place() {
    return place;
  }

  String layout() {
    return layout;
  }

  /** The name in printed plans and in the helper's errors, such as {@code set-attributes}. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

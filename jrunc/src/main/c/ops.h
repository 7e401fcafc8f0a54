/* Made from org.jcontainerd.jrunc.plan.Op, which explains the columns; a test compares. */
#pragma once

/* clang-format off */
#define OPS(X) \
  X(1, subreaper, "subreaper", PARENT, "") \
  X(2, session, "session", EITHER, "") \
  X(3, join, "join", EITHER, "fU") \
  X(4, unshare, "unshare", EITHER, "U") \
  X(5, write_proc, "write-proc", EITHER, "ss") \
  X(6, pipes, "pipes", PARENT, "uooo") \
  X(7, spools, "spools", PARENT, "u") \
  X(8, open_tree, "open-tree", PARENT, "suUUof") \
  X(9, clone, "clone", PARENT, "Uo") \
  X(10, dumpable, "dumpable", EITHER, "u") \
  X(11, begin_in, "begin-in", PARENT, "s") \
  X(20, id_maps, "id-maps", KEEPER, "ssu") \
  X(22, keep, "keep", KEEPER, "f") \
  X(23, detach, "detach", KEEPER, "") \
  X(40, await, "await", CHILD, "") \
  X(41, fork, "fork", CHILD, "") \
  X(42, enter_cgroup, "enter-cgroup", CHILD, "f") \
  X(43, let_go, "let-go", CHILD, "Lu") \
  X(61, root, "root", CHILD, "suo") \
  X(62, bind, "bind", CHILD, "sosuUUUUu") \
  X(63, mount, "mount", CHILD, "sssUSuu") \
  X(64, set_attributes, "set-attributes", CHILD, "suUUu") \
  X(65, mkdir, "mkdir", CHILD, "su") \
  X(66, mknod, "mknod", CHILD, "suuuuu") \
  X(67, symlink, "symlink", CHILD, "ss") \
  X(68, mask, "mask", CHILD, "s") \
  X(69, read_only, "read-only", CHILD, "s") \
  X(70, pivot, "pivot", CHILD, "") \
  X(71, move_root, "move-root", CHILD, "") \
  X(72, chroot, "chroot", CHILD, "s") \
  X(73, terminal, "terminal", CHILD, "uuou") \
  X(74, old_mount, "old-mount", CHILD, "sssUs") \
  X(90, hostname, "hostname", CHILD, "s") \
  X(91, domainname, "domainname", CHILD, "s") \
  X(92, loopback_up, "loopback-up", CHILD, "") \
  X(93, rlimit, "rlimit", CHILD, "uUU") \
  X(94, umask, "umask", CHILD, "u") \
  X(95, keyring, "keyring", CHILD, "s") \
  X(96, personality, "personality", CHILD, "U") \
  X(97, scheduler, "scheduler", CHILD, "b") \
  X(98, io_priority, "io-priority", CHILD, "u") \
  X(99, affinity, "affinity", EITHER, "b") \
  X(100, memory_policy, "memory-policy", CHILD, "ub") \
  X(101, bounding_set, "bounding-set", CHILD, "U") \
  X(102, keep_capabilities, "keep-capabilities", CHILD, "u") \
  X(103, identity, "identity", CHILD, "uuuL") \
  X(104, capabilities, "capabilities", CHILD, "UUUU") \
  X(105, no_new_privileges, "no-new-privileges", CHILD, "") \
  X(106, seccomp, "seccomp", CHILD, "ub") \
  X(107, chdir, "chdir", CHILD, "s") \
  X(108, find_program, "find-program", CHILD, "ss") \
  X(109, descriptors, "descriptors", CHILD, "uL") \
  X(110, sync, "sync", CHILD, "s") \
  X(111, ready, "ready", CHILD, "") \
  X(112, wait_fifo, "wait-fifo", CHILD, "f") \
  X(113, exec, "exec", CHILD, "sSS") \
  X(114, own_stdio, "own-stdio", CHILD, "u")
/* clang-format on */

package org.jcontainerd.linux.sys;

/**
 * System call numbers: {@code asm/unistd_64.h} for x86-64, {@code asm-generic/unistd.h} for arm64.
 * A test compares both columns with the headers.
 */
final class Nr {
  /** Whether this machine has arm64's table; the other supported one is x86-64's. */
  static final boolean ARM64 = isArm64(System.getProperty("os.arch"));

  static final long ACCEPT4 = nr(288, 242);
  static final long BIND = nr(49, 200);
  static final long BPF = nr(321, 280);
  static final long CLOSE = nr(3, 57);
  static final long CLOSE_RANGE = nr(436, 436);
  static final long CONNECT = nr(42, 203);
  static final long COPY_FILE_RANGE = nr(326, 285);
  static final long DUP3 = nr(292, 24);
  static final long EPOLL_CREATE1 = nr(291, 20);
  static final long EPOLL_CTL = nr(233, 21);
  static final long EPOLL_PWAIT = nr(281, 22);
  static final long EVENTFD2 = nr(290, 19);
  static final long FACCESSAT2 = nr(439, 439);
  static final long FALLOCATE = nr(285, 47);
  static final long FCHMOD = nr(91, 52);
  static final long FCHMODAT = nr(268, 53);
  static final long FCHMODAT2 = nr(452, 452);
  static final long FCHOWN = nr(93, 55);
  static final long FCHOWNAT = nr(260, 54);
  static final long FCNTL = nr(72, 25);
  static final long FDATASYNC = nr(75, 83);
  static final long FGETXATTR = nr(193, 10);
  static final long FLISTXATTR = nr(196, 13);
  static final long FLOCK = nr(73, 32);
  static final long FREMOVEXATTR = nr(199, 16);
  static final long FSCONFIG = nr(431, 431);
  static final long FSETXATTR = nr(190, 7);
  static final long FSMOUNT = nr(432, 432);
  static final long FSOPEN = nr(430, 430);
  static final long FSPICK = nr(433, 433);
  static final long FSTATFS = nr(138, 44);
  static final long FSYNC = nr(74, 82);
  static final long FTRUNCATE = nr(77, 46);
  static final long GETDENTS64 = nr(217, 61);
  static final long GETPEERNAME = nr(52, 205);
  static final long GETPID = nr(39, 172);
  static final long GETRANDOM = nr(318, 278);
  static final long GETSOCKNAME = nr(51, 204);
  static final long GETSOCKOPT = nr(55, 209);
  static final long GETTID = nr(186, 178);
  static final long GETXATTR = nr(191, 8);
  static final long INOTIFY_ADD_WATCH = nr(254, 27);
  static final long INOTIFY_INIT1 = nr(294, 26);
  static final long INOTIFY_RM_WATCH = nr(255, 28);
  static final long IOCTL = nr(16, 29);
  static final long KEYCTL = nr(250, 219);
  static final long KILL = nr(62, 129);
  static final long LGETXATTR = nr(192, 9);
  static final long LINKAT = nr(265, 37);
  static final long LISTEN = nr(50, 201);
  static final long LISTXATTR = nr(194, 11);
  static final long LLISTXATTR = nr(195, 12);
  static final long LREMOVEXATTR = nr(198, 15);
  static final long LSEEK = nr(8, 62);
  static final long LSETXATTR = nr(189, 6);
  static final long MEMFD_CREATE = nr(319, 279);
  static final long MKDIRAT = nr(258, 34);
  static final long MKNODAT = nr(259, 33);
  static final long MOUNT = nr(165, 40);
  static final long MOUNT_SETATTR = nr(442, 442);
  static final long MOVE_MOUNT = nr(429, 429);
  static final long NAME_TO_HANDLE_AT = nr(303, 264);
  static final long OPEN_TREE = nr(428, 428);
  static final long OPENAT = nr(257, 56);
  static final long OPENAT2 = nr(437, 437);
  static final long PIDFD_GETFD = nr(438, 438);
  static final long PIDFD_OPEN = nr(434, 434);
  static final long PIDFD_SEND_SIGNAL = nr(424, 424);
  static final long PIPE2 = nr(293, 59);
  static final long PIVOT_ROOT = nr(155, 41);
  static final long PPOLL = nr(271, 73);
  static final long PRCTL = nr(157, 167);
  static final long PREAD64 = nr(17, 67);
  static final long PRLIMIT64 = nr(302, 261);
  static final long PWRITE64 = nr(18, 68);
  static final long READ = nr(0, 63);
  static final long READLINKAT = nr(267, 78);
  static final long RECVFROM = nr(45, 207);
  static final long RECVMSG = nr(47, 212);
  static final long REMOVEXATTR = nr(197, 14);
  static final long RENAMEAT2 = nr(316, 276);
  static final long SCHED_SETAFFINITY = nr(203, 122);
  static final long SECCOMP = nr(317, 277);
  static final long SENDFILE = nr(40, 71);
  static final long SENDMSG = nr(46, 211);
  static final long SENDTO = nr(44, 206);
  static final long SETNS = nr(308, 268);
  static final long SETPRIORITY = nr(141, 140);
  static final long SETSOCKOPT = nr(54, 208);
  static final long SETXATTR = nr(188, 5);
  static final long SHUTDOWN = nr(48, 210);
  static final long SOCKET = nr(41, 198);
  static final long SOCKETPAIR = nr(53, 199);
  static final long SPLICE = nr(275, 76);
  static final long STATFS = nr(137, 43);
  static final long STATX = nr(332, 291);
  static final long SYMLINKAT = nr(266, 36);
  static final long SYNCFS = nr(306, 267);
  static final long TEE = nr(276, 77);
  static final long TIMERFD_CREATE = nr(283, 85);
  static final long TIMERFD_SETTIME = nr(286, 86);
  static final long UMASK = nr(95, 166);
  static final long UMOUNT2 = nr(166, 39);
  static final long UNLINKAT = nr(263, 35);
  static final long UNSHARE = nr(272, 97);
  static final long UTIMENSAT = nr(280, 88);
  static final long WAITID = nr(247, 95);
  static final long WRITE = nr(1, 64);

  private Nr() {}

  /** Without a pattern switch: its bootstrap costs milliseconds where every program starts. */
  private static boolean isArm64(String architecture) {
    if (architecture.equals("aarch64") || architecture.equals("amd64")) {
      return architecture.equals("aarch64");
    }
    throw new UnsupportedOperationException("architecture '" + architecture + "'");
  }

  private static long nr(int x86, int arm64) {
    return ARM64 ? arm64 : x86;
  }
}

package org.jcontainerd.linux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.mount.MountAttribute;
import org.jcontainerd.linux.mount.MountFlag;
import org.jcontainerd.linux.mount.UnmountFlag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every constant of the package against the C headers of this machine, found by reflection so that
 * a new one cannot be forgotten. A constant is the macro of its name unless the table says
 * otherwise.
 */
@SuppressWarnings("EnumOrdinal") // the enums are in the order of the header, and stay so
class HeadersTest {
  private static final List<Class<?>> CLASSES =
      List.of(
          BpfCalls.class,
          DirectoryCalls.class,
          EpollCalls.class,
          FileCalls.class,
          MessageCalls.class,
          MountFdCalls.class,
          PathCalls.class,
          PipeCalls.class,
          ProcessCalls.class,
          SeccompCalls.class,
          SocketCalls.class,
          SpawnCalls.class,
          StatCalls.class,
          TerminalCalls.class,
          XattrCalls.class);

  /** Constants that are not a macro of the same name. */
  private static final String EXPRESSIONS =
      """
      OPEN_HOW_SIZE sizeof(struct open_how)
      D_RECLEN 16
      D_TYPE 18
      D_NAME 19
      EVENT_SIZE sizeof(struct epoll_event)
      EVENT_DATA offsetof(struct epoll_event, data)
      SCM_MAX_FD 253
      MSGHDR_SIZE sizeof(struct msghdr)
      MSG_IOV offsetof(struct msghdr, msg_iov)
      MSG_IOVLEN offsetof(struct msghdr, msg_iovlen)
      MSG_CONTROL offsetof(struct msghdr, msg_control)
      MSG_CONTROLLEN offsetof(struct msghdr, msg_controllen)
      MSG_FLAGS offsetof(struct msghdr, msg_flags)
      CMSGHDR_SIZE sizeof(struct cmsghdr)
      CMSG_LEVEL offsetof(struct cmsghdr, cmsg_level)
      CMSG_TYPE offsetof(struct cmsghdr, cmsg_type)
      MOUNT_ATTR_SIZE sizeof(struct mount_attr)
      SIGINFO_SIZE sizeof(siginfo_t)
      SI_CODE offsetof(siginfo_t, si_code)
      SI_PID offsetof(siginfo_t, si_pid)
      SI_STATUS offsetof(siginfo_t, si_status)
      FILE_ACTIONS_SIZE sizeof(posix_spawn_file_actions_t)
      ATTR_SIZE sizeof(posix_spawnattr_t)
      SIGSET_SIZE sizeof(sigset_t)
      SIG_DFL (long)SIG_DFL
      SIG_IGN (long)SIG_IGN
      SIGACTION_SIZE sizeof(struct sigaction)
      SA_FLAGS offsetof(struct sigaction, sa_flags)
      STATX_SIZE sizeof(struct statx)
      STX_ATTRIBUTES offsetof(struct statx, stx_attributes)
      STX_NLINK offsetof(struct statx, stx_nlink)
      STX_UID offsetof(struct statx, stx_uid)
      STX_GID offsetof(struct statx, stx_gid)
      STX_MODE offsetof(struct statx, stx_mode)
      STX_INO offsetof(struct statx, stx_ino)
      STX_SIZE offsetof(struct statx, stx_size)
      STX_BLOCKS offsetof(struct statx, stx_blocks)
      STX_ATIME offsetof(struct statx, stx_atime)
      STX_CTIME offsetof(struct statx, stx_ctime)
      STX_MTIME offsetof(struct statx, stx_mtime)
      STX_RDEV_MAJOR offsetof(struct statx, stx_rdev_major)
      STX_RDEV_MINOR offsetof(struct statx, stx_rdev_minor)
      STX_DEV_MAJOR offsetof(struct statx, stx_dev_major)
      STX_DEV_MINOR offsetof(struct statx, stx_dev_minor)
      STX_MNT_ID offsetof(struct statx, stx_mnt_id)
      STATFS_SIZE sizeof(struct statfs)
      F_TYPE offsetof(struct statfs, f_type)
      F_BSIZE offsetof(struct statfs, f_bsize)
      F_BLOCKS offsetof(struct statfs, f_blocks)
      F_BFREE offsetof(struct statfs, f_bfree)
      F_BAVAIL offsetof(struct statfs, f_bavail)
      F_FILES offsetof(struct statfs, f_files)
      F_FFREE offsetof(struct statfs, f_ffree)
      F_FRSIZE offsetof(struct statfs, f_frsize)
      WINSIZE_SIZE sizeof(struct winsize)
      TERMIOS_SIZE sizeof(struct termios)
      C_IFLAG offsetof(struct termios, c_iflag)
      C_OFLAG offsetof(struct termios, c_oflag)
      C_CFLAG offsetof(struct termios, c_cflag)
      C_LFLAG offsetof(struct termios, c_lflag)
      C_CC offsetof(struct termios, c_cc)
      O_TMPFILE __O_TMPFILE|O_DIRECTORY
      PROG_TYPE offsetof(union bpf_attr, prog_type)
      INSN_CNT offsetof(union bpf_attr, insn_cnt)
      INSNS offsetof(union bpf_attr, insns)
      LICENSE offsetof(union bpf_attr, license)
      LOG_LEVEL offsetof(union bpf_attr, log_level)
      LOG_SIZE offsetof(union bpf_attr, log_size)
      LOG_BUF offsetof(union bpf_attr, log_buf)
      PROG_NAME offsetof(union bpf_attr, prog_name)
      TARGET_FD offsetof(union bpf_attr, target_fd)
      ATTACH_BPF_FD offsetof(union bpf_attr, attach_bpf_fd)
      ATTACH_TYPE offsetof(union bpf_attr, attach_type)
      ATTACH_FLAGS offsetof(union bpf_attr, attach_flags)
      REPLACE_BPF_FD offsetof(union bpf_attr, replace_bpf_fd)
      PROG_ID offsetof(union bpf_attr, prog_id)
      QUERY_TARGET_FD offsetof(union bpf_attr, query.target_fd)
      QUERY_ATTACH_TYPE offsetof(union bpf_attr, query.attach_type)
      QUERY_PROG_IDS offsetof(union bpf_attr, query.prog_ids)
      QUERY_PROG_CNT offsetof(union bpf_attr, query.prog_cnt)
      INFO_BPF_FD offsetof(union bpf_attr, info.bpf_fd)
      INFO_LEN offsetof(union bpf_attr, info.info_len)
      INFO offsetof(union bpf_attr, info.info)
      PROG_INFO_NAME offsetof(struct bpf_prog_info, name)
      """;

  private static final String INCLUDES =
      """
      #define _GNU_SOURCE
      #include <stddef.h>
      #include <stdio.h>
      #include <errno.h>
      #include <fcntl.h>
      #include <linux/bpf.h>
      #include <linux/openat2.h>
      #include <linux/stat.h>
      #include <sys/stat.h>
      #include <sys/statfs.h>
      #include <dirent.h>
      #include <linux/mount.h>
      #include <linux/fs.h>
      #include <linux/memfd.h>
      #include <linux/seccomp.h>
      #include <linux/prctl.h>
      #include <linux/sched.h>
      #include <asm/ioctls.h>
      #include <asm/termbits.h>
      #include <signal.h>
      #include <spawn.h>
      #include <sys/epoll.h>
      #include <sys/eventfd.h>
      #include <sys/file.h>
      #include <sys/socket.h>
      #include <sys/uio.h>
      #include <sys/wait.h>
      #include <sys/xattr.h>
      #ifndef AT_RECURSIVE
      #define AT_RECURSIVE 0x8000
      #endif
      struct winsize { unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel; };
      """;

  /** Younger than the headers of Debian 12 (Linux 6.1), so they may be missing there. */
  private static final Set<String> YOUNG = Set.of("MFD_NOEXEC_SEAL", "MFD_EXEC");

  @TempDir Path directory;

  @Test
  void constants_areThoseOfTheHeaders() throws Exception {
    var ours = new LinkedHashMap<String, Long>();
    for (Class<?> type : CLASSES) {
      ours.putAll(constants(type));
    }
    ours.putAll(constants(Errno.class));
    Map<String, String> expressions =
        EXPRESSIONS
            .lines()
            .map(l -> l.split(" ", 2))
            .collect(Collectors.toMap(f -> f[0], f -> f[1]));
    assertTrue(ours.keySet().containsAll(expressions.keySet()), "a line for no constant");
    compare(ours, expressions);
  }

  @Test
  void enums_areThoseOfTheHeaders() throws Exception {
    var ours = new LinkedHashMap<String, Long>();
    String[] flags =
        ("RDONLY NOSUID NODEV NOEXEC SYNCHRONOUS REMOUNT MANDLOCK DIRSYNC NOSYMFOLLOW NOATIME"
                + " NODIRATIME BIND MOVE REC SILENT POSIXACL UNBINDABLE PRIVATE SLAVE SHARED"
                + " RELATIME I_VERSION STRICTATIME LAZYTIME")
            .split(" ");
    assertEquals(flags.length, MountFlag.values().length);
    for (int i = 0; i < flags.length; i++) {
      ours.put("MS_" + flags[i], (long) MountFlag.values()[i].bits());
    }
    String[] attributes =
        "RDONLY NOSUID NODEV NOEXEC NOATIME STRICTATIME NODIRATIME NOSYMFOLLOW".split(" ");
    assertEquals(attributes.length, MountAttribute.values().length);
    for (int i = 0; i < attributes.length; i++) {
      ours.put("MOUNT_ATTR_" + attributes[i], (long) MountAttribute.values()[i].bits());
    }
    compare(ours, Map.of());
    // these four are only in sys/mount.h, which fights with linux/mount.h
    String source =
        "#include <sys/mount.h>\n#include <stdio.h>\nint main(void) { printf(\"F %d\\nD %d\\nE"
            + " %d\\nN %d\\n\", MNT_FORCE, MNT_DETACH, MNT_EXPIRE, UMOUNT_NOFOLLOW); }";
    var theirs = new ArrayList<>(CompiledC.run(directory, source).values());
    for (UnmountFlag flag : UnmountFlag.values()) {
      assertEquals(theirs.get(flag.ordinal()), flag.bits(), flag::toString);
    }
  }

  @Test
  void callNumbers_ofBothArchitectures_areThoseOfTheHeaders() throws Exception {
    Path source = Path.of("src/main/java/org/jcontainerd/linux/sys/Nr.java");
    var x86 = new TreeMap<String, Long>();
    var arm64 = new TreeMap<String, Long>();
    var entry = Pattern.compile("static final long (\\w+) = nr\\((\\d+), (\\d+)\\);");
    entry
        .matcher(Files.readString(source))
        .results()
        .filter(m -> !m.group(1).equals("FCHMODAT2")) // Linux 6.6, Debian 12's headers are of 6.1
        .forEach(m -> {
          x86.put(m.group(1), Long.valueOf(m.group(2)));
          arm64.put(m.group(1), Long.valueOf(m.group(3)));
        });
    assertTrue(x86.size() > 90, () -> "found only " + x86.size());
    assertEquals(x86, numbers("#include <asm/unistd_64.h>", x86.keySet()));
    assertEquals(
        arm64,
        numbers(
            """
            #include <asm/bitsperlong.h>
            #define __ARCH_WANT_RENAMEAT
            #define __ARCH_WANT_NEW_STAT
            #define __ARCH_WANT_SET_GET_RLIMIT
            #include <asm-generic/unistd.h>
            """,
            arm64.keySet()));
  }

  private Map<String, Long> numbers(String include, Set<String> names) throws Exception {
    String prints =
        names.stream()
            .map(n -> "printf(\"%s %%d\\n\", __NR_%s);".formatted(n, n.toLowerCase(Locale.ROOT)))
            .collect(Collectors.joining("\n"));
    return new TreeMap<>(
        CompiledC.run(
            directory, include + "\n#include <stdio.h>\nint main(void) {\n" + prints + "\n}\n"));
  }

  private void compare(Map<String, Long> ours, Map<String, String> expressions) throws Exception {
    var source = new StringBuilder(INCLUDES).append("int main(void) {\n");
    ours.forEach((name, value) -> {
      String expression = expressions.getOrDefault(name, name);
      String print = "printf(\"%s %%lld\\n\", (long long) (%s));\n".formatted(name, expression);
      source.append(
          YOUNG.contains(name)
              ? "\n#ifdef %s\n%s#else\nprintf(\"%s %d\\n\");\n#endif\n"
                  .formatted(name, print, name, value)
              : print);
    });
    Map<String, Long> theirs = CompiledC.run(directory, source.append("}\n").toString());
    // the width of a C constant is not ours: compare 32 bits where both fit
    ours.forEach((name, value) ->
        assertEquals(
            theirs.get(name).longValue() & 0xFFFFFFFFL,
            value & 0xFFFFFFFFL,
            () -> name + ": " + theirs.get(name) + " in the headers, " + value + " here"));
  }

  private static Map<String, Long> constants(Class<?> type) throws IllegalAccessException {
    var values = new LinkedHashMap<String, Long>();
    for (Field field : type.getDeclaredFields()) {
      boolean number = field.getType() == int.class || field.getType() == long.class;
      if (number && Modifier.isStatic(field.getModifiers()) && !isPrivate(field)) {
        values.put(field.getName(), ((Number) field.get(null)).longValue());
      }
    }
    return values;
  }

  private static boolean isPrivate(Field field) {
    return Modifier.isPrivate(field.getModifiers());
  }
}

package org.jcontainerd.linux.cgroup;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.sys.BpfCalls;

/**
 * Programs that decide which devices the processes of a cgroup may use (cgroup v2; kernel,
 * cgroup-v2.rst, "Device controller"). Access needs the consent of every program of the cgroup and
 * of those above it, so a program of somebody else is left where it is. Stateless.
 */
public final class DevicePrograms {
  private static final int TYPE = BpfCalls.BPF_CGROUP_DEVICE;

  /** The kernel takes this many per cgroup (BPF_CGROUP_MAX_PROGS). */
  private static final int MOST = 64;

  private static final int LOG_BYTES = 64 << 10;
  private static final int INTERRUPTIONS = 30;

  private DevicePrograms() {}

  /**
   * Attaches a program in place of those that the same owner attached before: at no time is there
   * none.
   *
   * @param cgroup directory in a cgroup2 tree
   * @param instructions eBPF of type {@code BPF_PROG_TYPE_CGROUP_DEVICE}
   * @param owner name of the program, by which it is found again
   * @throws LinuxException EPERM if the caller may not use bpf(2) (CAP_BPF and CAP_NET_ADMIN in the
   *     initial user namespace, or CAP_SYS_ADMIN)
   */
  public static void replace(Path cgroup, byte[] instructions, String owner) throws LinuxException {
    var before = new ArrayList<Fd>();
    try (Fd directory = HostFile.directory(cgroup);
        Fd program = load(instructions, owner)) {
      int target = directory.number();
      find(target, owner, before);
      if (before.size() == 1) {
        int flags = BpfCalls.BPF_F_ALLOW_MULTI | BpfCalls.BPF_F_REPLACE;
        BpfCalls.bpf_prog_attach(target, program.number(), TYPE, flags, before.get(0).number());
        return;
      }
      BpfCalls.bpf_prog_attach(target, program.number(), TYPE, BpfCalls.BPF_F_ALLOW_MULTI, 0);
      for (Fd old : before) {
        BpfCalls.bpf_prog_detach(target, old.number(), TYPE);
      }
    } finally {
      before.forEach(Fd::close);
    }
  }

  /** The names of the programs that are attached to the cgroup itself. */
  public static List<String> names(Path cgroup) throws LinuxException {
    var names = new ArrayList<String>();
    try (Fd directory = HostFile.directory(cgroup)) {
      for (int id : BpfCalls.bpf_prog_query(directory.number(), TYPE, MOST)) {
        try (Fd program = Fd.adopt(BpfCalls.bpf_prog_get_fd_by_id(id), "bpf program " + id)) {
          names.add(BpfCalls.bpf_prog_name(program.number()));
        }
      }
    }
    return names;
  }

  private static void find(int target, String owner, List<Fd> found) throws LinuxException {
    for (int id : BpfCalls.bpf_prog_query(target, TYPE, MOST)) {
      Fd program;
      try {
        program = Fd.adopt(BpfCalls.bpf_prog_get_fd_by_id(id), "bpf program " + id);
      } catch (LinuxException e) {
        // ENOENT: detached meanwhile; EPERM, EACCES: a security module guards somebody else's.
        if (e.is(Errno.ENOENT, Errno.EPERM, Errno.EACCES)) {
          continue;
        }
        throw e;
      }
      found.add(program);
      if (!BpfCalls.bpf_prog_name(program.number()).equals(owner)) {
        program.close();
        found.remove(program);
      }
    }
  }

  private static Fd load(byte[] instructions, String owner) throws LinuxException {
    try {
      return load(instructions, owner, new byte[0]);
    } catch (LinuxException e) {
      if (!e.is(Errno.EINVAL, Errno.EACCES)) {
        throw e;
      }
      // Refused by the verifier: a second time, for its reason.
      byte[] log = new byte[LOG_BYTES];
      try (Fd unexpected = load(instructions, owner, log)) {
        return unexpected.duplicate();
      } catch (LinuxException again) {
        String said = new String(log, StandardCharsets.US_ASCII).split("\0", 2)[0].strip();
        var named = new LinuxException(again.errno(), "bpf", "BPF_PROG_LOAD", owner, said);
        named.initCause(again);
        throw named;
      }
    }
  }

  private static Fd load(byte[] instructions, String owner, byte[] log) throws LinuxException {
    for (int tries = 1; ; tries++) {
      try {
        int program =
            BpfCalls.bpf_prog_load(
                BpfCalls.BPF_PROG_TYPE_CGROUP_DEVICE, instructions, "Apache-2.0", owner, log);
        return Fd.adopt(program, "bpf program " + owner);
      } catch (LinuxException e) {
        // A signal to this thread interrupts the verifier.
        if (!e.is(Errno.EAGAIN) || tries == INTERRUPTIONS) {
          throw e;
        }
      }
    }
  }
}

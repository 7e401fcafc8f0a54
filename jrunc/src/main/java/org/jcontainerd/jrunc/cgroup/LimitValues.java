package org.jcontainerd.jrunc.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Rdma;
import org.jcontainerd.oci.runtime.Resources;

/** Values that are the same on v1 and v2, and the conversions between them. Pure. */
public final class LimitValues {
  private LimitValues() {}

  /** 0 is nearly no task; systemd takes no 0, so runc writes 1, and so do we. */
  static String pids(long limit) {
    return limit < 0 ? "max" : Long.toString(Math.max(1, limit));
  }

  /** A line for rdma.max; a key that is not given keeps its value. */
  static String rdma(String device, Rdma rdma) throws RuncFailure.InvalidArgument {
    if (rdma.hcaHandles().isEmpty() && rdma.hcaObjects().isEmpty()) {
      throw new RuncFailure.InvalidArgument(
          "linux.resources.rdma['" + device + "']", "needs hcaHandles or hcaObjects");
    }
    var line = new StringBuilder(device);
    rdma.hcaHandles().ifPresent(n -> line.append(" hca_handle=").append(n));
    rdma.hcaObjects().ifPresent(n -> line.append(" hca_object=").append(n));
    return line.toString();
  }

  /** Empty if not given; -1 is what callers write who mean that. */
  static OptionalLong swappiness(Memory memory) throws RuncFailure.InvalidArgument {
    long swappiness = memory.swappiness().orElse(-1L);
    if (swappiness == -1) {
      return OptionalLong.empty();
    }
    if (swappiness < 0 || swappiness > 100) {
      throw new RuncFailure.InvalidArgument(
          "linux.resources.memory.swappiness",
          Long.toUnsignedString(swappiness) + " is not in 0 to 100");
    }
    return OptionalLong.of(swappiness);
  }

  /** What is left out, a line each, on every version. */
  static List<String> ignored(Resources resources) {
    var lines = new ArrayList<String>();
    if (resources.memory().isPresent()) {
      Memory memory = resources.memory().get();
      if (memory.kernel().isPresent() || memory.kernelTcp().isPresent()) {
        lines.add(
            "linux.resources.memory.kernel and kernelTCP are ignored: kernel memory counts as"
                + " memory, limit that");
      }
      if (!memory.useHierarchy().orElse(true)) {
        lines.add(
            "linux.resources.memory.useHierarchy is ignored: since Linux 5.11 accounting is always"
                + " hierarchical");
      }
    }
    return lines;
  }

  /**
   * Shares (2 to 262144) to weight (1 to 10000) so that 1024, the default of the one, is about 100,
   * that of the other; the formula is runc's and crun's.
   */
  public static long cpuWeight(long shares) {
    if (shares >= 0 && shares <= 2) {
      return 1;
    }
    if (shares < 0 || shares >= 262_144) { // unsigned
      return 10_000;
    }
    double log = Math.log((double) shares) / Math.log(2);
    double exponent = (log * log + 125 * log) / 612.0 - 7.0 / 34.0;
    return (long) Math.ceil(Math.pow(10, exponent));
  }

  /** 10 to 1000 spread over 1 to 10000. */
  public static long ioWeight(long weight) {
    return 1 + (weight - 10) * 9999 / 990;
  }

  /**
   * The limit of swap alone: v1 limits memory and swap together, v2 swap.
   *
   * @return bytes, -1 for unlimited; empty to leave it as it is
   */
  public static OptionalLong swapAlone(Memory memory) throws RuncFailure.InvalidArgument {
    long limit = memory.limit().orElse(0L);
    long both = memory.swap().orElse(0L);
    if (both == 0) {
      return limit == -1 ? OptionalLong.of(-1) : OptionalLong.empty();
    }
    if (both == -1) {
      return OptionalLong.of(-1);
    }
    if (limit == 0 || limit == -1) {
      throw new RuncFailure.InvalidArgument(
          "linux.resources.memory.swap", "a swap limit needs a memory limit");
    }
    if (both < limit) {
      throw new RuncFailure.InvalidArgument(
          "linux.resources.memory.swap", "is less than the memory limit, which it includes");
    }
    return OptionalLong.of(both - limit);
  }
}

package org.jcontainerd.jshim.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import org.jcontainerd.linux.cgroup.CgroupStats;
import org.jcontainerd.linux.cgroup.CpuStats;
import org.jcontainerd.linux.cgroup.MemoryStats;
import org.jcontainerd.linux.cgroup.PidsStats;

/**
 * Encodes {@code io.containerd.cgroups.v1.Metrics} (containerd/cgroups,
 * cgroup1/stats/metrics.proto): the fields that callers read; the numbers beside the calls are that
 * file's.
 */
final class CgroupMetrics {
  private static final int PIDS = 2;
  private static final int CPU = 3;
  private static final int MEMORY = 4;

  private CgroupMetrics() {}

  /** Writes the fields of one message. */
  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  static ByteString encode(CgroupStats stats) {
    return message(out -> {
      if (stats.pids().isPresent()) {
        out.writeBytes(PIDS, pids(stats.pids().get()));
      }
      if (stats.cpu().isPresent()) {
        out.writeBytes(CPU, cpu(stats.cpu().get()));
      }
      if (stats.memory().isPresent()) {
        out.writeBytes(MEMORY, memory(stats.memory().get()));
      }
    });
  }

  private static ByteString pids(PidsStats pids) {
    return message(out -> {
      out.writeUInt64(1, pids.current());
      out.writeUInt64(2, pids.limit().orElse(0));
    });
  }

  private static ByteString cpu(CpuStats cpu) {
    var usage =
        message(out -> {
          out.writeUInt64(1, cpu.usageNanos());
          out.writeUInt64(2, cpu.systemNanos());
          out.writeUInt64(3, cpu.userNanos());
        });
    return message(out -> {
      out.writeBytes(1, usage);
      if (cpu.throttling().isPresent()) {
        var throttling = cpu.throttling().get();
        out.writeBytes(
            2,
            message(inner -> {
              inner.writeUInt64(1, throttling.periods());
              inner.writeUInt64(2, throttling.throttledPeriods());
              inner.writeUInt64(3, throttling.throttledNanos());
            }));
      }
    });
  }

  private static ByteString memory(MemoryStats memory) {
    var usage =
        message(out -> {
          out.writeUInt64(1, memory.limitBytes().orElse(Long.MAX_VALUE));
          out.writeUInt64(2, memory.usageBytes());
        });
    return message(out -> {
      out.writeUInt64(1, memory.cacheBytes());
      out.writeUInt64(2, memory.rssBytes());
      out.writeUInt64(10, memory.pageFaults());
      out.writeUInt64(11, memory.majorPageFaults());
      out.writeUInt64(13, memory.inactiveFileBytes());
      out.writeUInt64(21, memory.rssBytes());
      out.writeUInt64(28, memory.inactiveFileBytes());
      out.writeBytes(33, usage);
    });
  }

  private static ByteString message(Fields fields) {
    var bytes = ByteString.newOutput();
    try {
      var out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new AssertionError("memory does not fail", e);
    }
    return bytes.toByteString();
  }
}

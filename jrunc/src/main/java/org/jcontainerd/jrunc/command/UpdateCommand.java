package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.BlockIo;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.IntelRdt;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;

/** {@code jrunc update}. */
final class UpdateCommand implements Command {
  @Override
  public String name() {
    return "update";
  }

  @Override
  public String usage() {
    return "[options] CONTAINER: change limits";
  }

  @Override
  public Flags flags() {
    return new Flags()
        .option('r', "resources", "FILE", "resources as JSON; - reads standard input")
        .option("blkio-weight", "N", "weight of block I/O, 10 to 1000")
        .option("cpu-period", "MICROS", "length of a CPU period")
        .option("cpu-quota", "MICROS", "CPU time per period")
        .option("cpu-burst", "MICROS", "CPU time that may be saved up")
        .option("cpu-share", "N", "relative CPU weight")
        .option("cpu-rt-period", "MICROS", "length of a real-time period")
        .option("cpu-rt-runtime", "MICROS", "real time per period")
        .option("cpu-idle", "0|1", "SCHED_IDLE")
        .option("cpuset-cpus", "LIST", "CPUs")
        .option("cpuset-mems", "LIST", "memory nodes")
        .option("kernel-memory", "BYTES", "ignored: kernels have no such limit any more")
        .option("kernel-memory-tcp", "BYTES", "ignored: kernels have no such limit any more")
        .option("memory", "BYTES", "memory limit")
        .option("memory-reservation", "BYTES", "soft memory limit")
        .option("memory-swap", "BYTES", "limit of memory and swap together; -1 is unlimited")
        .option("pids-limit", "N", "most tasks; -1 is unlimited")
        .option("l3-cache-schema", "TEXT", "L3 cache of Intel RDT: L3:ID=MASK;...")
        .option("mem-bw-schema", "TEXT", "memory bandwidth of Intel RDT: MB:ID=PERCENT;...");
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    String id = arguments.id(name());
    Optional<String> file = arguments.value("resources");
    Resources resources = file.isPresent() ? read(file.get()) : of(arguments);
    if (resources.memory().flatMap(Memory::kernel).isPresent()
        || resources.memory().flatMap(Memory::kernelTcp).isPresent()
        || arguments.value("kernel-memory").isPresent()
        || arguments.value("kernel-memory-tcp").isPresent()) {
      invocation.log().warning("Kernel memory settings are ignored and will be removed");
    }
    try (Jrunc jrunc = invocation.open()) {
      jrunc.update(id, resources);
      if (arguments
          .value("l3-cache-schema")
          .or(() -> arguments.value("mem-bw-schema"))
          .isPresent()) {
        jrunc.update(id, schemata(arguments));
      }
    }
    return 0;
  }

  private static IntelRdt schemata(Arguments arguments) {
    return IntelRdt.builder()
        .l3CacheSchema(arguments.value("l3-cache-schema").orElse(""))
        .memBwSchema(arguments.value("mem-bw-schema").orElse(""))
        .build();
  }

  private static Resources read(String file) throws IOException, RuncFailure {
    try {
      byte[] json = file.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
      return OciJson.read(json, Resources.class);
    } catch (JsonException e) {
      throw new RuncFailure.InvalidArgument("resources", String.valueOf(e.getMessage()), e);
    }
  }

  private static Resources of(Arguments arguments) throws UsageException {
    var resources = Resources.builder().cpu(cpu(arguments)).memory(memory(arguments));
    arguments.number("pids-limit").ifPresent(limit -> resources.pids(new Pids(Optional.of(limit))));
    arguments
        .number("blkio-weight")
        .filter(weight -> weight != 0)
        .ifPresent(
            weight -> resources.blockIo(BlockIo.builder().weight(weight.intValue()).build()));
    return resources.build();
  }

  private static Cpu cpu(Arguments arguments) throws UsageException {
    var cpu = Cpu.builder();
    arguments.number("cpu-period").ifPresent(cpu::period);
    arguments.number("cpu-quota").ifPresent(cpu::quota);
    arguments.number("cpu-burst").ifPresent(cpu::burst);
    arguments.number("cpu-share").ifPresent(cpu::shares);
    arguments.number("cpu-rt-period").ifPresent(cpu::realtimePeriod);
    arguments.number("cpu-rt-runtime").ifPresent(cpu::realtimeRuntime);
    arguments.number("cpu-idle").ifPresent(cpu::idle);
    arguments.value("cpuset-cpus").ifPresent(cpu::cpus);
    arguments.value("cpuset-mems").ifPresent(cpu::mems);
    return cpu.build();
  }

  private static Memory memory(Arguments arguments) throws UsageException {
    var memory = Memory.builder();
    bytes(arguments, "memory").ifPresent(memory::limit);
    bytes(arguments, "memory-reservation").ifPresent(memory::reservation);
    bytes(arguments, "memory-swap").ifPresent(memory::swap);
    return memory.build();
  }

  /** A number of bytes, or with a unit of 1024: {@code 64m}, {@code 1.5GiB}; -1 for no limit. */
  private static Optional<Long> bytes(Arguments arguments, String name) throws UsageException {
    Optional<String> text = arguments.value(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String bare = text.get().strip().toLowerCase(Locale.ROOT);
    if (bare.equals("-1")) {
      return Optional.of(-1L);
    }
    bare = bare.replaceFirst("i?b?$", "");
    int power = bare.isEmpty() ? -1 : "kmgtp".indexOf(bare.charAt(bare.length() - 1));
    try {
      var number = new BigDecimal(power < 0 ? bare : bare.substring(0, bare.length() - 1).strip());
      if (number.signum() < 0) {
        throw new NumberFormatException("negative");
      }
      BigDecimal unit = BigDecimal.valueOf(1L << 10 * (power + 1));
      return Optional.of(number.multiply(unit).setScale(0, RoundingMode.DOWN).longValueExact());
    } catch (NumberFormatException | ArithmeticException e) {
      throw new UsageException("invalid value for " + name + ": '" + text.get() + "'");
    }
  }
}

package org.jcontainerd.jrunc.seccomp;

import java.util.List;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.Bits;
import org.jcontainerd.linux.process.SeccompSupport;
import org.jcontainerd.oci.runtime.Seccomp;

/**
 * Compiles seccomp profiles. The program first tells architectures apart, then finds the number in
 * a binary tree over runs of numbers with the same verdict, then tests arguments. Calls newer than
 * all that the profile names answer ENOSYS if the default refuses, so that programs fall back.
 * Thread-safe.
 */
public final class FilterCompiler {
  private final Architecture host;
  private final SyscallTable table;

  /** A compiler for the machine that this JVM runs on. */
  public FilterCompiler() {
    this(Architecture.host(), SyscallTable.load());
  }

  FilterCompiler(Architecture host, SyscallTable table) {
    this.host = host;
    this.table = table;
  }

  /** Names of the actions, operators and flags that profiles may use, for {@code features}. */
  public static List<String> actions() {
    return Action.NAMES;
  }

  public static List<String> operators() {
    return Comparison.Operator.NAMES;
  }

  public static List<String> flags() {
    return Profile.FLAGS;
  }

  /** Those of the flags that this kernel has. */
  public static List<String> supportedFlags() {
    return Profile.FLAGS.stream()
        .filter(name -> SeccompSupport.knowsFlags(Profile.flag(name).orElse(0)))
        .toList();
  }

  /** {@code SCMP_ARCH_...} of what this machine can execute. */
  public List<String> architectures() {
    return host.family().stream().map(arch -> "SCMP_ARCH_" + arch.name()).sorted().toList();
  }

  /**
   * Compiles a profile.
   *
   * @throws RuncFailure.InvalidArgument if it has an unknown action, operator, architecture or
   *     flag, or needs more instructions than the kernel takes
   */
  public Filter compile(Seccomp seccomp) throws RuncFailure.InvalidArgument {
    Profile profile = Profile.parse(seccomp, host);
    var out = new BpfWriter();
    int next = out.answer(Action.KILL_THREAD.value());
    for (Architecture architecture : host.family().reversed()) {
      // x32 is told from x86-64 by the number and is part of its section.
      if (architecture != Architecture.X32 && profile.architectures().contains(architecture)) {
        int section = section(out, profile, architecture);
        next = out.branch(BpfWriter.JEQ, architecture.audit(), section, next);
      }
    }
    int start = out.load(BpfWriter.AUDIT_ARCH, next);
    if (start != out.size() - 1) {
      throw new IllegalStateException("seccomp program does not start at its last instruction");
    }
    if (out.size() > BpfWriter.LIMIT) {
      throw new RuncFailure.InvalidArgument(
          "linux.seccomp", out.size() + " BPF instructions, the kernel takes " + BpfWriter.LIMIT);
    }
    return new Filter(Bits.of(out.program()), profile.flags(), unknown(profile));
  }

  private List<String> unknown(Profile profile) {
    return profile.rules().stream()
        .flatMap(rule -> rule.names().stream())
        .filter(name -> !table.knows(name) && !Multiplexer.X86.containsKey(name))
        .distinct()
        .toList();
  }

  private int section(BpfWriter out, Profile profile, Architecture architecture) {
    var verdicts = Verdicts.of(profile, architecture, table);
    if (architecture == Architecture.X86_64 && profile.architectures().contains(Architecture.X32)) {
      verdicts =
          verdicts.until(Architecture.X32_BIT, Verdicts.of(profile, Architecture.X32, table));
    }
    int tree = SearchTree.write(out, verdicts.runs());
    return out.isAnswer(tree) ? tree : out.load(BpfWriter.NUMBER, tree);
  }
}

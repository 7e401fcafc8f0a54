package org.jcontainerd.jrunc.seccomp;

import java.util.List;
import java.util.Set;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.Bits;
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
    return new Filter(Bits.of(out.program()), profile.flags());
  }

  private int section(BpfWriter out, Profile profile, Architecture architecture) {
    int tree = searched(out, profile, architecture);
    if (architecture == Architecture.X86_64) {
      int other = x32(out, profile);
      tree = out.branch(BpfWriter.JGE, Architecture.X32_BIT, other, tree);
    }
    return out.load(BpfWriter.NUMBER, tree);
  }

  private int x32(BpfWriter out, Profile profile) {
    int tree =
        profile.architectures().contains(Architecture.X32)
            ? searched(out, profile, Architecture.X32)
            : out.answer(Action.KILL_THREAD.value());
    // -1 is what a tracer leaves to skip a call (seccomp(2)); it is no x32 call.
    int skipped = out.answer(profile.defaultAction().value());
    return out.branch(BpfWriter.JEQ, -1, skipped, tree);
  }

  private int searched(BpfWriter out, Profile profile, Architecture architecture) {
    Verdicts verdicts = Verdicts.of(profile, architecture, table);
    int tree = tree(out, verdicts.runs(), architecture.wide());
    if (profile.defaultAction().passes() || verdicts.last() == 0) {
      return tree;
    }
    int unknown = out.answer(Action.NOT_IMPLEMENTED.value());
    return out.branch(BpfWriter.JGT, verdicts.last(), unknown, tree);
  }

  private int tree(BpfWriter out, List<Verdicts.Run> runs, boolean wide) {
    if (runs.size() == 1) {
      return verdict(out, runs.get(0).verdict(), wide);
    }
    int middle = runs.size() / 2;
    int above = tree(out, runs.subList(middle, runs.size()), wide);
    int below = tree(out, runs.subList(0, middle), wide);
    return out.branch(BpfWriter.JGE, runs.get(middle).first(), above, below);
  }

  private static int verdict(BpfWriter out, Verdicts.Verdict verdict, boolean wide) {
    int next = out.answer(verdict.otherwise().value());
    for (Verdicts.Case one : verdict.cases().reversed()) {
      int holds = out.answer(one.action().value());
      int failed = next;
      for (Comparison comparison : one.conditions().reversed()) {
        holds = comparison(out, comparison, wide, holds, failed);
      }
      next = holds;
    }
    return next;
  }

  private static int comparison(
      BpfWriter out, Comparison comparison, boolean wide, int yes, int no) {
    return switch (comparison.operator()) {
      case EQ, MASKED_EQ -> equal(out, comparison, wide, yes, no);
      case NE -> equal(out, comparison, wide, no, yes);
      case GT -> greater(out, comparison, BpfWriter.JGT, wide, yes, no);
      case GE -> greater(out, comparison, BpfWriter.JGE, wide, yes, no);
      case LE -> greater(out, comparison, BpfWriter.JGT, wide, no, yes);
      case LT -> greater(out, comparison, BpfWriter.JGE, wide, no, yes);
    };
  }

  private static int equal(BpfWriter out, Comparison what, boolean wide, int yes, int no) {
    int low =
        half(out, BpfWriter.low(what.index()), (int) what.mask(), (int) what.value(), yes, no);
    return wide
        ? half(
            out,
            BpfWriter.high(what.index()),
            (int) (what.mask() >>> 32),
            (int) (what.value() >>> 32),
            low,
            no)
        : low;
  }

  private static int half(BpfWriter out, int offset, int mask, int value, int yes, int no) {
    if (mask == 0) {
      return yes; // nothing of this half is compared; the value was masked when it was read
    }
    int test = out.branch(BpfWriter.JEQ, value, yes, no);
    return out.load(offset, mask == -1 ? test : out.and(mask, test));
  }

  private static int greater(
      BpfWriter out, Comparison what, int operation, boolean wide, int yes, int no) {
    int low =
        out.load(BpfWriter.low(what.index()), out.branch(operation, (int) what.value(), yes, no));
    if (!wide) {
      return low;
    }
    int high = (int) (what.value() >>> 32);
    int same = out.branch(BpfWriter.JEQ, high, low, no);
    return out.load(BpfWriter.high(what.index()), out.branch(BpfWriter.JGT, high, yes, same));
  }

  Set<String> knownNames() {
    return table.names();
  }
}

package org.jcontainerd.jrunc.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallRule;

/**
 * What runc would install for a profile: libseccomp's program, with its binary tree, and before it
 * the rule that calls newer than the profile are not implemented.
 */
final class Judge {
  private static final int ALLOW = 0x7FFF0000;
  private static final int ENOSYS = 0x00050026;
  private static final Architecture HOST = Architecture.X86_64;

  private final Seccomp seccomp;
  private final Profile profile;
  private final BpfMachine theirs;
  private final BpfMachine ours;
  private final SyscallTable table;
  private final Map<Architecture, Integer> last;

  /** How many instructions a program has, and how many a call that it allows takes on average. */
  record Cost(int length, long executed, long calls) {
    Cost plus(Cost other) {
      return new Cost(length + other.length, executed + other.executed, calls + other.calls);
    }

    double average() {
      return calls == 0 ? 0 : (double) executed / calls;
    }
  }

  private Judge(
      Seccomp seccomp,
      Profile profile,
      BpfMachine theirs,
      BpfMachine ours,
      SyscallTable table,
      Map<Architecture, Integer> last) {
    this.seccomp = seccomp;
    this.profile = profile;
    this.theirs = theirs;
    this.ours = ours;
    this.table = table;
    this.last = last;
  }

  /** Compiles a profile twice; empty if libseccomp refuses it, because two rules contradict. */
  static Optional<Judge> of(Seccomp seccomp, FilterCompiler compiler, SyscallTable table, Path file)
      throws Throwable {
    Profile profile = Profile.parse(seccomp, HOST);
    try (var library = new LibSeccomp(profile.defaultAction().value())) {
      for (Architecture one : profile.architectures()) {
        library.addArchitecture(one);
      }
      library.optimize();
      for (Profile.Rule rule : profile.rules()) {
        for (String name : rule.names()) {
          if (!rule.action().equals(profile.defaultAction())
              && !add(library, rule, library.resolve(name))) {
            return Optional.empty();
          }
        }
      }
      var theirs = new BpfMachine(library.export(file));
      var ours = new BpfMachine(compiler.compile(seccomp).program().toByteArray());
      return Optional.of(
          new Judge(seccomp, profile, theirs, ours, table, newest(library, profile)));
    }
  }

  private static boolean add(LibSeccomp library, Profile.Rule rule, int number) throws Throwable {
    if (rule.alternatives().isEmpty()) {
      return library.addRule(rule.action().value(), number, List.of());
    }
    for (List<Comparison> all : rule.alternatives()) {
      if (!library.addRule(rule.action().value(), number, all)) {
        return false;
      }
    }
    return true;
  }

  /** The highest number of each architecture by the names that libseccomp resolves: runc's rule. */
  private static Map<Architecture, Integer> newest(LibSeccomp library, Profile profile)
      throws Throwable {
    var newest = new EnumMap<Architecture, Integer>(Architecture.class);
    for (Architecture one : profile.architectures()) {
      int last = 0;
      for (Profile.Rule rule : profile.rules()) {
        for (String name : rule.names()) {
          last = Math.max(last, library.resolve(one, name));
        }
      }
      newest.put(one, last);
    }
    return newest;
  }

  /** Leaves out what this libseccomp is too old to know; its numbers would differ for that. */
  static Seccomp known(Seccomp seccomp) throws Throwable {
    var kept = new ArrayList<SyscallRule>();
    try (var library = new LibSeccomp(0)) {
      for (SyscallRule rule : seccomp.syscalls()) {
        var names = new ArrayList<String>();
        for (String name : rule.names()) {
          if (library.resolve(name) != -1) {
            names.add(name);
          }
        }
        kept.add(new SyscallRule(names, rule.action(), rule.errnoRet(), rule.args()));
      }
    }
    return seccomp.toBuilder().syscalls(kept).build();
  }

  /** Both programs answer every number of every architecture alike, with these arguments. */
  void compare(List<long[]> arguments) {
    for (Architecture one : List.of(Architecture.X86_64, Architecture.X86, Architecture.X32)) {
      boolean used = profile.architectures().contains(one);
      List<Integer> numbers = numbers(one);
      Set<Integer> asking = used ? asking(one) : Set.of();
      for (int number : numbers) {
        compare(one, number, new long[6]);
        if (asking.contains(number)) {
          arguments.forEach(each -> compare(one, number, each));
        }
      }
    }
    for (int audit : new int[] {0x40000028, 0xC00000B7, 0}) {
      assertEquals(theirs.run(audit, 1), ours.run(audit, 1), "arch %x".formatted(audit));
    }
  }

  private static List<Integer> numbers(Architecture one) {
    int origin = one == Architecture.X32 ? Architecture.X32_BIT : 0;
    var numbers = new ArrayList<Integer>();
    for (int n = origin; n < origin + 620; n++) {
      numbers.add(n);
    }
    numbers.addAll(List.of(-1, -2, Integer.MIN_VALUE, 0x7FFFFFFF, 0x3FFFFFFF, 100_000));
    return numbers;
  }

  private Set<Integer> asking(Architecture one) {
    int origin = one == Architecture.X32 ? Architecture.X32_BIT : 0;
    var asking = new LinkedHashSet<Integer>();
    List<Verdicts.Run> runs = Verdicts.of(profile, one, table).runs();
    for (int i = 0; i < runs.size(); i++) {
      if (!runs.get(i).verdict().cases().isEmpty()) {
        asking.add(runs.get(i).first());
      }
    }
    for (int i = 0; i < 20; i++) {
      asking.add(origin + i); // and some that should not depend on arguments
    }
    return asking;
  }

  private int expected(Architecture one, int number, long[] arguments) {
    boolean x32 = one.audit() == HOST.audit() && (number & Architecture.X32_BIT) != 0;
    Architecture real = x32 ? Architecture.X32 : one == Architecture.X32 ? HOST : one;
    int newest = last.getOrDefault(real, 0);
    boolean stub = !profile.defaultAction().passes() && newest != 0;
    return stub && Integer.compareUnsigned(number, newest) > 0
        ? ENOSYS
        : theirs.run(one.audit(), number, arguments);
  }

  private void compare(Architecture one, int number, long[] arguments) {
    int expected = expected(one, number, arguments);
    int actual = ours.run(one.audit(), number, arguments);
    if (expected != actual) {
      assertEquals(
          Integer.toHexString(expected),
          Integer.toHexString(actual),
          () ->
              "%s call %x arguments %s of %s with %s"
                  .formatted(
                      one,
                      number,
                      Arrays.toString(arguments),
                      seccomp.defaultAction(),
                      rulesFor(one, number)));
    }
  }

  private List<SyscallRule> rulesFor(Architecture one, int number) {
    return seccomp.syscalls().stream()
        .filter(rule ->
            rule.names().stream().anyMatch(name -> table.number(one, name).orElse(-1) == number))
        .map(rule -> new SyscallRule(List.of(), rule.action(), rule.errnoRet(), rule.args()))
        .toList();
  }

  Cost cost() {
    return cost(ours);
  }

  /** Without the instructions that runc puts before them. */
  Cost costOfLibSeccomp() {
    return cost(theirs);
  }

  private Cost cost(BpfMachine machine) {
    long executed = 0;
    long calls = 0;
    for (Architecture one : profile.architectures()) {
      int origin = one == Architecture.X32 ? Architecture.X32_BIT : 0;
      for (int number = origin; number < origin + 620; number++) {
        if (expected(one, number, new long[6]) == ALLOW) {
          machine.run(one.audit(), number, new long[6]);
          executed += machine.executed();
          calls++;
        }
      }
    }
    return new Cost(machine.length(), executed, calls);
  }
}

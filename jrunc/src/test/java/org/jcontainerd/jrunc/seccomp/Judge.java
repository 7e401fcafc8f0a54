package org.jcontainerd.jrunc.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallRule;

/**
 * What runc would install for a profile: libseccomp's program, with its binary tree, and before it
 * the rule that calls newer than the profile are not implemented. Two things are not compared,
 * because there libseccomp does not do what the profile says: calls whose rules it refuses or may
 * not return from ({@link Entangled}), and answers that differ, if it loses a part of the call's
 * rules or its program compared the half of an argument with what another half was to be compared
 * with.
 */
final class Judge {
  private static final int ALLOW = 0x7FFF0000;
  private static final int ENOSYS = 0x00050026;
  private static final Architecture HOST = Architecture.X86_64;

  /** Numbers of calls that are measured, on each architecture. */
  private static final int CALLS = 470;

  private final Seccomp seccomp;
  private final Profile profile;
  private final Programs programs;
  private final SyscallTable table;
  private final Map<Architecture, Integer> last;
  private final LeftOut leftOut;
  private long compared;
  private long mistaken;

  /** The same profile compiled twice. */
  private record Programs(BpfMachine theirs, BpfMachine ours) {}

  /**
   * How many calls of a profile are not compared at all.
   *
   * @param endless because libseccomp might not return
   * @param refused because libseccomp refuses a rule
   */
  record LeftOut(int endless, int refused) {}

  /** How many instructions calls take. */
  record Mean(long executed, long calls) {
    static final Mean NONE = new Mean(0, 0);

    Mean plus(Mean other) {
      return new Mean(executed + other.executed, calls + other.calls);
    }

    double value() {
      return calls == 0 ? 0 : (double) executed / calls;
    }
  }

  /**
   * What a program costs.
   *
   * @param length in instructions
   * @param allowed for calls that it allows
   * @param all for all calls that are not newer than the profile
   * @param most for the call that takes the most
   */
  record Cost(int length, Mean allowed, Mean all, int most) {
    static final Cost NONE = new Cost(0, Mean.NONE, Mean.NONE, 0);

    Cost plus(Cost other) {
      return new Cost(
          length + other.length,
          allowed.plus(other.allowed),
          all.plus(other.all),
          Math.max(most, other.most));
    }

    @Override
    public String toString() {
      return "%d; %.2f, %.2f, %d".formatted(length, allowed.value(), all.value(), most);
    }
  }

  private Judge(
      Seccomp seccomp,
      Profile profile,
      Programs programs,
      SyscallTable table,
      Map<Architecture, Integer> last,
      LeftOut leftOut) {
    this.seccomp = seccomp;
    this.profile = profile;
    this.programs = programs;
    this.table = table;
    this.last = last;
    this.leftOut = leftOut;
  }

  /** Compiles a profile twice, without what is left out. */
  static Judge of(Seccomp whole, FilterCompiler compiler, SyscallTable table, Path file)
      throws Throwable {
    Profile all = Profile.parse(whole, HOST);
    var endless = new HashSet<String>();
    for (Profile.Rule rule : all.rules()) {
      rule.names().stream().filter(name -> Entangled.mayNotReturn(all, name)).forEach(endless::add);
    }
    Seccomp seccomp = keeping(whole, name -> !endless.contains(name));
    Set<String> refused = refused(Profile.parse(seccomp, HOST));
    seccomp = keeping(seccomp, name -> !refused.contains(name));
    Profile profile = Profile.parse(seccomp, HOST);
    try (var library = filter(profile)) {
      for (Profile.Rule rule : profile.rules()) {
        for (String name : rule.names()) {
          if (!add(library, profile, rule, name)) {
            throw new IllegalStateException("libseccomp refuses " + name + " after all");
          }
        }
      }
      var theirs = new BpfMachine(library.export(file));
      var ours = new BpfMachine(compiler.compile(seccomp).program().toByteArray());
      var leftOut = new LeftOut(endless.size(), refused.size());
      return new Judge(
          seccomp, profile, new Programs(theirs, ours), table, newest(library, profile), leftOut);
    }
  }

  private static LibSeccomp filter(Profile profile) throws Throwable {
    var library = new LibSeccomp(profile.defaultAction().value());
    for (Architecture one : profile.architectures()) {
      library.addArchitecture(one);
    }
    library.optimize();
    return library;
  }

  /** Calls with a rule that contradicts an earlier one, for which runc refuses a profile. */
  private static Set<String> refused(Profile profile) throws Throwable {
    var refused = new HashSet<String>();
    try (var library = filter(profile)) {
      for (Profile.Rule rule : profile.rules()) {
        for (String name : rule.names()) {
          if (!add(library, profile, rule, name)) {
            refused.add(name);
          }
        }
      }
    }
    return refused;
  }

  private static Seccomp keeping(Seccomp seccomp, Predicate<String> isKept) {
    return seccomp.toBuilder()
        .syscalls(
            seccomp.syscalls().stream()
                .map(rule ->
                    new SyscallRule(
                        rule.names().stream().filter(isKept).toList(),
                        rule.action(),
                        rule.errnoRet(),
                        rule.args()))
                .toList())
        .build();
  }

  private static boolean add(LibSeccomp library, Profile profile, Profile.Rule rule, String name)
      throws Throwable {
    if (rule.action().equals(profile.defaultAction())) {
      return true; // runc leaves it out
    }
    List<List<Comparison>> alternatives =
        rule.alternatives().isEmpty() ? List.of(List.of()) : rule.alternatives();
    for (List<Comparison> all : alternatives) {
      if (!library.addRule(rule.action().value(), library.resolve(name), all)) {
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
    var known = new HashSet<String>();
    try (var library = new LibSeccomp(0)) {
      for (SyscallRule rule : seccomp.syscalls()) {
        for (String name : rule.names()) {
          if (library.resolve(name) != -1) {
            known.add(name);
          }
        }
      }
    }
    return keeping(seccomp, known::contains);
  }

  /** Both programs answer every number of every architecture alike, with these arguments. */
  void compare(List<long[]> arguments) throws Exception {
    for (Architecture one : List.of(Architecture.X86_64, Architecture.X86, Architecture.X32)) {
      boolean used = profile.architectures().contains(one);
      List<Integer> numbers = numbers(one);
      Set<Integer> asking = used ? asking(one) : Set.of();
      for (int number : numbers) {
        compare(one, number, new long[6]);
        if (asking.contains(number)) {
          for (long[] each : arguments) {
            compare(one, number, each);
          }
        }
      }
    }
    for (int audit : new int[] {0x40000028, 0xC00000B7, 0}) {
      assertEquals(
          programs.theirs().run(audit, 1),
          programs.ours().run(audit, 1),
          "arch %x".formatted(audit));
    }
  }

  private static List<Integer> numbers(Architecture one) {
    int origin = origin(one);
    var numbers = new ArrayList<Integer>();
    for (int n = origin; n < origin + 620; n++) {
      numbers.add(n);
    }
    numbers.addAll(List.of(-1, -2, Integer.MIN_VALUE, 0x7FFFFFFF, 0x3FFFFFFF, 100_000));
    return numbers;
  }

  private Set<Integer> asking(Architecture one) {
    int origin = origin(one);
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

  /** Whether runc's own instructions answer, not those of libseccomp. */
  private boolean isNewer(Architecture one, int number) {
    boolean x32 = one.audit() == HOST.audit() && (number & Architecture.X32_BIT) != 0;
    Architecture real = x32 ? Architecture.X32 : one == Architecture.X32 ? HOST : one;
    return isStubbed(real) && Integer.compareUnsigned(number, last.getOrDefault(real, 0)) > 0;
  }

  private boolean isStubbed(Architecture one) {
    return !profile.defaultAction().passes() && last.getOrDefault(one, 0) != 0;
  }

  private void compare(Architecture one, int number, long[] arguments) throws Exception {
    boolean newer = isNewer(one, number);
    int expected = newer ? ENOSYS : programs.theirs().run(one.audit(), number, arguments);
    int actual = programs.ours().run(one.audit(), number, arguments);
    compared++;
    if (expected != actual && !newer && isMistaken(one, number)) {
      mistaken++;
      if (one != HOST) {
        return;
      }
      expected = new Interpreter(seccomp, table).answer(number, arguments);
    }
    if (expected != actual) {
      assertEquals(
          Integer.toHexString(expected),
          Integer.toHexString(actual),
          "%s call %x arguments %s of %s with %s"
              .formatted(
                  one,
                  number,
                  Arrays.toString(arguments),
                  seccomp.defaultAction(),
                  rulesFor(one, number)));
    }
  }

  /** Whether libseccomp's last answer may be another one than the profile gives. */
  private boolean isMistaken(Architecture one, int number) {
    return programs.theirs().mistaken()
        || profile.rules().stream()
            .flatMap(rule -> rule.names().stream())
            .filter(name -> concerns(name, one, number))
            .anyMatch(name -> Entangled.isLossy(profile, name));
  }

  private boolean concerns(String name, Architecture one, int number) {
    OptionalInt old =
        one.multiplexer(name).stream()
            .flatMapToInt(through -> table.number(one, through.call()).stream())
            .findFirst();
    return table.number(one, name).equals(OptionalInt.of(number))
        || old.equals(OptionalInt.of(number));
  }

  LeftOut leftOut() {
    return leftOut;
  }

  /** How many answers were compared. */
  long compared() {
    return compared;
  }

  /** How many of them differ because libseccomp does not do what the profile says. */
  long mistaken() {
    return mistaken;
  }

  private List<SyscallRule> rulesFor(Architecture one, int number) {
    return seccomp.syscalls().stream()
        .filter(rule ->
            rule.names().stream().anyMatch(name -> table.number(one, name).orElse(-1) == number))
        .map(rule -> new SyscallRule(List.of(), rule.action(), rule.errnoRet(), rule.args()))
        .toList();
  }

  Cost cost() {
    return cost(programs.ours());
  }

  /** Without the instructions that runc puts before them. */
  Cost costOfLibSeccomp() {
    return cost(programs.theirs());
  }

  /** With them. */
  Cost costOfRunc() {
    Cost bare = costOfLibSeccomp();
    if (profile.architectures().stream().noneMatch(this::isStubbed)) {
      return bare;
    }
    // Which architecture, and for each the number, x32 or not and the newest; an answer and jumps.
    boolean x86 = isStubbed(Architecture.X86);
    boolean x32 = isStubbed(Architecture.X32);
    boolean wide = isStubbed(HOST);
    int sections = (wide && x32 ? 5 : wide || x32 ? 4 : 0) + (x86 ? 3 : 0);
    int architectures = profile.architectures().contains(Architecture.X86) ? 2 : 1;
    long before = 0;
    for (Architecture one : profile.architectures()) {
      before += isStubbed(one) ? (one == Architecture.X86 ? 5L : 6L) * callsOf(one) : 0;
    }
    return new Cost(
        bare.length() + architectures + sections + 4,
        bare.allowed(),
        bare.all().plus(new Mean(before, 0)),
        bare.most() + 5);
  }

  private static int origin(Architecture one) {
    return one == Architecture.X32 ? Architecture.X32_BIT : 0;
  }

  private int callsOf(Architecture one) {
    return isStubbed(one) ? Math.min(CALLS, last.getOrDefault(one, 0) - origin(one) + 1) : CALLS;
  }

  private Cost cost(BpfMachine machine) {
    Mean allowed = Mean.NONE;
    Mean all = Mean.NONE;
    int most = 0;
    for (Architecture one : profile.architectures()) {
      for (int number = origin(one); number < origin(one) + callsOf(one); number++) {
        boolean isAllowed = programs.theirs().run(one.audit(), number, new long[6]) == ALLOW;
        machine.run(one.audit(), number, new long[6]);
        var call = new Mean(machine.executed(), 1);
        all = all.plus(call);
        allowed = isAllowed ? allowed.plus(call) : allowed;
        most = Math.max(most, machine.executed());
      }
    }
    return new Cost(machine.length(), allowed, all, most);
  }
}

package org.jcontainerd.jrunc.seccomp;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The machine's libseccomp, as the judge of our compiler. */
@SuppressWarnings("restricted")
final class LibSeccomp implements AutoCloseable {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout PTR = ValueLayout.ADDRESS;

  private final Arena arena = Arena.ofConfined();
  private final SymbolLookup library = SymbolLookup.libraryLookup("libseccomp.so.2", arena);
  private final MemorySegment context;

  LibSeccomp(int defaultAction) throws Throwable {
    context = (MemorySegment) call(library, "seccomp_init", PTR, List.of(INT), defaultAction);
  }

  private static Object call(
      SymbolLookup where,
      String name,
      MemoryLayout result,
      List<MemoryLayout> types,
      @Nullable Object... arguments)
      throws Throwable {
    var type = FunctionDescriptor.of(result, types.toArray(MemoryLayout[]::new));
    return Linker.nativeLinker()
        .downcallHandle(where.findOrThrow(name), type)
        .invokeWithArguments(arguments);
  }

  private static void check(String what, Object result, int tolerated) {
    if ((int) result != 0 && (int) result != tolerated) {
      throw new IllegalStateException(what + ": " + result);
    }
  }

  void addArchitecture(int scmpArch) throws Throwable {
    int exists = -17;
    check(
        "seccomp_arch_add",
        call(library, "seccomp_arch_add", INT, List.of(PTR, INT), context, scmpArch),
        exists);
  }

  /** The number, negative if the call is not the machine's own; -1 if nobody knows it. */
  int resolve(String name) throws Throwable {
    return (int)
        call(library, "seccomp_syscall_resolve_name", INT, List.of(PTR), arena.allocateFrom(name));
  }

  void addRule(int action, int number, List<Comparison> comparisons) throws Throwable {
    MemorySegment array = arena.allocate(24L * Math.max(1, comparisons.size()), 8);
    for (int i = 0; i < comparisons.size(); i++) {
      Comparison one = comparisons.get(i);
      boolean masked = one.operator() == Comparison.Operator.MASKED_EQ;
      array.set(INT, 24L * i, one.index());
      array.set(
          INT, 24L * i + 4, List.of(Comparison.Operator.values()).indexOf(one.operator()) + 1);
      array.set(LONG, 24L * i + 8, masked ? one.mask() : one.value());
      array.set(LONG, 24L * i + 16, masked ? one.value() : 0);
    }
    check(
        "seccomp_rule_add_array(" + number + ")",
        call(
            library,
            "seccomp_rule_add_array",
            INT,
            List.of(PTR, INT, INT, INT, PTR),
            context,
            action,
            number,
            comparisons.size(),
            array),
        0);
  }

  byte[] export(Path file) throws Throwable {
    SymbolLookup libc = Linker.nativeLinker().defaultLookup();
    Object fd =
        call(libc, "creat", INT, List.of(PTR, INT), arena.allocateFrom(file.toString()), 0600);
    check(
        "seccomp_export_bpf",
        call(library, "seccomp_export_bpf", INT, List.of(PTR, INT), context, fd),
        0);
    check("close", call(libc, "close", INT, List.of(INT), fd), 0);
    return Files.readAllBytes(file);
  }

  @Override
  public void close() {
    arena.close();
  }
}

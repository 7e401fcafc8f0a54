package org.jcontainerd.jrunc.seccomp;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A filter of the machine's libseccomp, as the judge of our compiler. Confined to one thread. */
@SuppressWarnings("restricted")
final class LibSeccomp implements AutoCloseable {
  static final Path FILE = Path.of("/usr/lib/x86_64-linux-gnu/libseccomp.so.2");
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout PTR = ValueLayout.ADDRESS;
  private static final int EEXIST = -17;
  private static final int CTL_OPTIMIZE = 8;
  private static final int SCMP_ARCH_X32 = 0x4000003E;
  private static final Map<String, MethodHandle> HANDLES = new HashMap<>();

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment context;

  LibSeccomp(int defaultAction) throws Throwable {
    context = (MemorySegment) call("seccomp_init", PTR, List.of(INT), defaultAction);
  }

  private static Object call(
      String name, MemoryLayout result, List<MemoryLayout> types, @Nullable Object... arguments)
      throws Throwable {
    MethodHandle handle = HANDLES.get(name);
    if (handle == null) {
      SymbolLookup library =
          SymbolLookup.libraryLookup("libseccomp.so.2", Arena.global())
              .or(Linker.nativeLinker().defaultLookup());
      var type = FunctionDescriptor.of(result, types.toArray(MemoryLayout[]::new));
      handle = Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
      HANDLES.put(name, handle);
    }
    return handle.invokeWithArguments(arguments);
  }

  private static void check(String what, Object result, int tolerated) {
    if ((int) result != 0 && (int) result != tolerated) {
      throw new IllegalStateException(what + ": " + result);
    }
  }

  private static int token(Architecture architecture) {
    return architecture == Architecture.X32 ? SCMP_ARCH_X32 : architecture.audit();
  }

  void addArchitecture(Architecture one) throws Throwable {
    check(
        "seccomp_arch_add",
        call("seccomp_arch_add", INT, List.of(PTR, INT), context, token(one)),
        EEXIST);
  }

  /** Asks for the binary tree (SCMP_FLTATR_CTL_OPTIMIZE 2). */
  void optimize() throws Throwable {
    check(
        "seccomp_attr_set",
        call("seccomp_attr_set", INT, List.of(PTR, INT, INT), context, CTL_OPTIMIZE, 2),
        0);
  }

  /** The number, negative if the call is not the machine's own; -1 if nobody knows it. */
  int resolve(String name) throws Throwable {
    return (int) call("seccomp_syscall_resolve_name", INT, List.of(PTR), arena.allocateFrom(name));
  }

  /** The number on an architecture; negative if it has none or calls it through another one. */
  int resolve(Architecture architecture, String name) throws Throwable {
    return (int)
        call(
            "seccomp_syscall_resolve_name_arch",
            INT,
            List.of(INT, PTR),
            token(architecture),
            arena.allocateFrom(name));
  }

  /** Adds a rule; false if it contradicts an earlier one, which runc answers with a failure. */
  boolean addRule(int action, int number, List<Comparison> comparisons) throws Throwable {
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
    Object result =
        call(
            "seccomp_rule_add_array",
            INT,
            List.of(PTR, INT, INT, INT, PTR),
            context,
            action,
            number,
            comparisons.size(),
            array);
    check("seccomp_rule_add_array(" + number + ")", result, EEXIST);
    return (int) result == 0;
  }

  byte[] export(Path file) throws Throwable {
    Object fd = call("creat", INT, List.of(PTR, INT), arena.allocateFrom(file.toString()), 0600);
    check("seccomp_export_bpf", call("seccomp_export_bpf", INT, List.of(PTR, INT), context, fd), 0);
    check("close", call("close", INT, List.of(INT), fd), 0);
    return Files.readAllBytes(file);
  }

  @Override
  public void close() {
    try {
      var release = FunctionDescriptor.ofVoid(PTR);
      SymbolLookup library = SymbolLookup.libraryLookup("libseccomp.so.2", Arena.global());
      HANDLES
          .computeIfAbsent(
              "seccomp_release",
              name -> Linker.nativeLinker().downcallHandle(library.findOrThrow(name), release))
          .invokeWithArguments(context);
    } catch (Throwable e) {
      throw new IllegalStateException("seccomp_release", e);
    }
    arena.close();
  }
}

package org.jcontainerd.jrunc.seccomp;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Seccomp;

/**
 * What Jazzer calls with bytes that are a profile: as JSON if they begin as JSON does, else as the
 * choices of {@link RandomProfile}. The profile is refused with a failure that says why, or its
 * program ends on every call, with the answer that the profile gives.
 */
public final class SeccompFuzz {
  private static final SyscallTable TABLE = SyscallTable.load();
  private static final FilterCompiler COMPILER = new FilterCompiler(Architecture.X86_64, TABLE);
  private static final List<String> NAMES = TABLE.names().stream().sorted().toList();
  private static final int ARGUMENT_SETS = 20;

  private SeccompFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    var random = new Choices(input);
    var source = new RandomProfile(random, NAMES);
    Optional<Seccomp> profile =
        input.length > 0 && input[0] == '{' ? read(input) : Optional.of(source.next());
    if (profile.isEmpty()) {
      return;
    }
    Optional<Filter> filter = compile(profile.get());
    if (filter.isEmpty()) {
      return;
    }
    var machine = new BpfMachine(filter.get().program().toByteArray());
    var interpreter = new Interpreter(profile.get(), TABLE);
    for (int i = 0; i < ARGUMENT_SETS; i++) {
      int number = random.nextInt(500);
      long[] arguments = source.arguments();
      int ours = machine.run(Architecture.X86_64.audit(), number, arguments);
      int expected = interpreter.answer(number, arguments);
      if (ours != expected) {
        throw new IllegalStateException(
            "call %d: %x, not %x: %s".formatted(number, ours, expected, profile.get()));
      }
      var _ = machine.run(Architecture.X86.audit(), number, arguments);
      var _ = machine.run(Architecture.X86_64.audit(), number | Architecture.X32_BIT, arguments);
    }
  }

  private static Optional<Seccomp> read(byte[] input) {
    try {
      return Optional.of(OciJson.read(input, Seccomp.class));
    } catch (JsonException _) {
      return Optional.empty(); // the answer to what is no profile
    }
  }

  private static Optional<Filter> compile(Seccomp profile) {
    try {
      return Optional.of(COMPILER.compile(profile));
    } catch (RuncFailure.InvalidArgument _) {
      return Optional.empty(); // the answer to a profile that means nothing
    }
  }

  /** The input's bytes as choices, zeros after its end. */
  private static final class Choices implements RandomGenerator {
    private final byte[] bytes;
    private int next;

    Choices(byte[] bytes) {
      this.bytes = bytes;
    }

    private int take() {
      return next < bytes.length ? bytes[next++] & 0xFF : 0;
    }

    @Override
    public int nextInt() {
      return take() << 8 | take();
    }

    @Override
    public int nextInt(int bound) {
      return Math.floorMod(bound <= 256 ? take() : nextInt(), bound);
    }

    @Override
    public boolean nextBoolean() {
      return (take() & 1) != 0;
    }

    @Override
    public long nextLong() {
      return (long) nextInt() << 48 | (long) nextInt() << 32 | (long) nextInt() << 16 | nextInt();
    }
  }
}

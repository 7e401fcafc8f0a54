package org.jcontainerd.jrunc.fuzz;

import java.util.Optional;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Spec;

/**
 * What Jazzer calls with bytes that may be a config.json: they are read or refused with a {@link
 * JsonException}, and what was read is the same after it was written.
 */
public final class SpecFuzz {
  private SpecFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws JsonException {
    Optional<Spec> spec = read(input);
    if (spec.isPresent()) {
      Spec again = OciJson.read(OciJson.write(spec.get()), Spec.class);
      if (!again.equals(spec.get())) {
        throw new IllegalStateException("read " + spec.get() + ", then " + again);
      }
    }
  }

  private static Optional<Spec> read(byte[] input) {
    try {
      return Optional.of(OciJson.read(input, Spec.class));
    } catch (JsonException _) {
      return Optional.empty(); // the answer to what is no specification
    }
  }
}

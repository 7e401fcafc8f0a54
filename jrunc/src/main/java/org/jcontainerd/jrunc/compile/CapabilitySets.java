package org.jcontainerd.jrunc.compile;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jcontainerd.oci.runtime.Capabilities;

/**
 * The five capability sets as masks with bit n for capability n.
 *
 * @param ignored names that the kernel does not know or the runtime cannot give
 */
record CapabilitySets(
    long bounding,
    long effective,
    long permitted,
    long inheritable,
    long ambient,
    List<String> ignored) {

  /**
   * Resolves names. As in runc, names that cannot be given are left out, with a warning; an ambient
   * capability that is not permitted and inheritable is one of them (capabilities(7)): buildah asks
   * for such.
   *
   * @param capabilities absent means that all sets are empty, as in runc
   * @param available mask of what can be given
   */
  static CapabilitySets of(Optional<Capabilities> capabilities, long available) {
    if (capabilities.isEmpty()) {
      return new CapabilitySets(0, 0, 0, 0, 0, List.of());
    }
    var ignored = new TreeSet<String>();
    Capabilities wanted = capabilities.get();
    long permitted = mask(wanted.permitted(), available, ignored);
    long inheritable = mask(wanted.inheritable(), available, ignored);
    return new CapabilitySets(
        mask(wanted.bounding(), available, ignored),
        mask(wanted.effective(), available, ignored),
        permitted,
        inheritable,
        mask(wanted.ambient(), permitted & inheritable, ignored),
        List.copyOf(ignored));
  }

  private static long mask(List<String> names, long available, TreeSet<String> ignored) {
    long mask = 0;
    for (String name : names) {
      var number = CapabilityNames.number(name);
      long bit = number.isPresent() ? 1L << number.getAsInt() : 0;
      if ((bit & available) == 0) {
        ignored.add(name);
      }
      mask |= bit & available;
    }
    return mask;
  }
}

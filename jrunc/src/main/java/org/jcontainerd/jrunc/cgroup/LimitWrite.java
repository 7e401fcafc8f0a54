package org.jcontainerd.jrunc.cgroup;

import java.util.EnumSet;
import java.util.Set;

/**
 * One value for one file of a cgroup; immutable.
 *
 * @param controller which hierarchy the file is in; "" is the unified one
 * @param file its name in the container's directory
 * @param value written in one call
 * @param field what asked for it, for messages
 * @param tolerated which refusals of the kernel are no failure
 */
record LimitWrite(
    String controller, String file, String value, String field, Set<Refusal> tolerated) {

  /** A refusal that is not the end. */
  enum Refusal {
    /** EINVAL, EBUSY: tried again after all others, for files that depend on each other. */
    RETRY,
    /** ENOENT is fine: the kernel lacks the file, and what is asked is what it does anyway. */
    MISSING_IS_FINE
  }

  LimitWrite {
    tolerated = Set.copyOf(tolerated);
  }

  static LimitWrite of(String controller, String file, Object value, String field) {
    return new LimitWrite(controller, file, String.valueOf(value), field, Set.of());
  }

  /** As this one, tolerating one more refusal. */
  LimitWrite with(Refusal refusal) {
    var more = EnumSet.of(refusal);
    more.addAll(tolerated);
    return new LimitWrite(controller, file, value, field, more);
  }

  boolean tolerates(Refusal refusal) {
    return tolerated.contains(refusal);
  }
}

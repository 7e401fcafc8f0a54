package org.jcontainerd.jrunc.cgroup;

/**
 * One value for one file of a cgroup; immutable.
 *
 * @param controller which hierarchy the file is in; "" is the unified one
 * @param file its name in the container's directory
 * @param value written in one call
 * @param field what asked for it, for messages
 * @param refusal what is done if the kernel refuses the value
 */
record LimitWrite(String controller, String file, String value, String field, Refusal refusal) {

  /** What a refusal means. */
  enum Refusal {
    /** The limit cannot be kept: fails. */
    FAIL,
    /** EINVAL: tried again after all others, for files that depend on each other. */
    RETRY,
    /** ENOENT is fine: the kernel lacks the file, and what is asked is what it does anyway. */
    MISSING_IS_FINE
  }

  static LimitWrite of(String controller, String file, Object value, String field) {
    return new LimitWrite(controller, file, String.valueOf(value), field, Refusal.FAIL);
  }

  LimitWrite with(Refusal other) {
    return new LimitWrite(controller, file, value, field, other);
  }
}

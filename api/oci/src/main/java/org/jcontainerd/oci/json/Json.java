package org.jcontainerd.oci.json;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How a record component differs from the plain rule of {@link OciJson}: field named as the
 * component, signed numbers, nothing written for an empty value.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Json {
  /** The field's name if it is not the component's. */
  String name() default "";

  /**
   * Bits of an unsigned number (16, 32 or 64) kept in an {@code int} or {@code long}; 0 means
   * signed. 64-bit values above {@link Long#MAX_VALUE} are negative longs, see {@link
   * Long#toUnsignedString(long)}.
   */
  int unsigned() default 0;

  /** Whether the field is written even if it is empty: "", 0, false, an empty list or map. */
  boolean always() default false;
}

package org.jcontainerd.oci.json;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a value type that is a string in JSON: written with {@code toString()}, read with its
 * public {@code static T parse(String)}, whose {@link IllegalArgumentException} becomes a {@link
 * JsonException}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface JsonText {}

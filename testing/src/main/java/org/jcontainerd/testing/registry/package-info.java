/** Registries on loopback: a real one, and one that misbehaves as told. */
@NullMarked
package org.jcontainerd.testing.registry;

import org.jspecify.annotations.NullMarked;

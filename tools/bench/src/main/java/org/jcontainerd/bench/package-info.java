/** Benchmarks against the peers. */
@NullMarked
package org.jcontainerd.bench;

import org.jspecify.annotations.NullMarked;

/** A client of any CRI socket, for black-box tests, benchmarks and the demo. */
@NullMarked
package org.jcontainerd.testing.cri;

import org.jspecify.annotations.NullMarked;

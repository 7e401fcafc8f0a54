/** The demo: a pod from pull to removal on real parts, told step by step. */
@NullMarked
package org.jcontainerd.bench.demo;

import org.jspecify.annotations.NullMarked;

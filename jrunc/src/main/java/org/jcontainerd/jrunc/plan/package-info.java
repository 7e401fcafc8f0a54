/**
 * The plan: what {@code jrunc-init} is told to do, as a flat list of steps.
 *
 * <p>Java decides, the helper executes. A {@link org.jcontainerd.jrunc.plan.Plan} is data: it can
 * be printed, compared with a golden file and encoded without touching the kernel.
 */
@NullMarked
package org.jcontainerd.jrunc.plan;

import org.jspecify.annotations.NullMarked;

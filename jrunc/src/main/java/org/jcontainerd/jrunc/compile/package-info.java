/** From a configuration of the runtime-spec to the plan that the helper runs. Pure. */
@NullMarked
package org.jcontainerd.jrunc.compile;

import org.jspecify.annotations.NullMarked;

/** From a seccomp profile of the runtime-spec to a classic BPF program. */
@NullMarked
package org.jcontainerd.jrunc.seccomp;

import org.jspecify.annotations.NullMarked;

/** CNI plugins: one program, many names. */
@NullMarked
package org.jcontainerd.cni;

import org.jspecify.annotations.NullMarked;

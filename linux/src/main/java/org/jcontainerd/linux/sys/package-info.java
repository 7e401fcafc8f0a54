/**
 * The man pages: system calls under their own names, in C argument order, with C constants. The
 * only package that touches {@code java.lang.foreign}; not exported.
 */
@NullMarked
package org.jcontainerd.linux.sys;

import org.jspecify.annotations.NullMarked;

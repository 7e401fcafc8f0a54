/** Black-box tests over the CRI socket. */
@NullMarked
package org.jcontainerd.critest;

import org.jspecify.annotations.NullMarked;

/** Tests of the whole: architecture, size budgets, dependency lists, the assembled programs. */
@NullMarked
package org.jcontainerd.dist;

import org.jspecify.annotations.NullMarked;

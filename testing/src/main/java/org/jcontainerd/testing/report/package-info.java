/** Results of tests that no build tool runs. */
@NullMarked
package org.jcontainerd.testing.report;

import org.jspecify.annotations.NullMarked;

@NullMarked
package org.jcontainerd.daemon.config;

import org.jspecify.annotations.NullMarked;

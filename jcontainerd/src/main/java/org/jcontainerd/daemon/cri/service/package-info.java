@NullMarked
package org.jcontainerd.daemon.cri.service;

import org.jspecify.annotations.NullMarked;

/** Client of image registries (OCI distribution specification, Docker registry v2). */
@NullMarked
package org.jcontainerd.daemon.registry;

import org.jspecify.annotations.NullMarked;

/** Records and names of the OCI distribution specification, version 1.1. */
@NullMarked
package org.jcontainerd.oci.distribution;

import org.jspecify.annotations.NullMarked;

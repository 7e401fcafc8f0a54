/** Records of the OCI image specification, version 1.1, and of Docker's image manifest v2. */
@NullMarked
package org.jcontainerd.oci.image;

import org.jspecify.annotations.NullMarked;

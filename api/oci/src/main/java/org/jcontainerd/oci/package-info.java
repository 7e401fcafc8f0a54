/** Records and JSON of the OCI runtime, image and distribution specifications and of CNI. */
@NullMarked
package org.jcontainerd.oci;

import org.jspecify.annotations.NullMarked;

/**
 * Records of the Container Network Interface specification 1.1.0 and the forms of its older
 * versions down to 0.3.0.
 *
 * @see <a href="https://www.cni.dev/docs/spec/">CNI specification</a>
 */
@NullMarked
package org.jcontainerd.oci.cni;

import org.jspecify.annotations.NullMarked;

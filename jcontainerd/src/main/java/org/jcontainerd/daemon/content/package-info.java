/** The content store: blobs on disk as an OCI image layout. */
@NullMarked
package org.jcontainerd.daemon.content;

import org.jspecify.annotations.NullMarked;

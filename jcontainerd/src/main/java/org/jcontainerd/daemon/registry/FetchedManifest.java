package org.jcontainerd.daemon.registry;

import org.jcontainerd.oci.image.Digest;

/**
 * A manifest or index as a registry gave it. Immutable.
 *
 * @param mediaType of the answer, without parameters
 * @param digest of the bytes, computed here
 * @param content not more than {@link RegistrySession#MANIFEST_LIMIT} bytes; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by digest alone
public record FetchedManifest(String mediaType, Digest digest, byte[] content) {}

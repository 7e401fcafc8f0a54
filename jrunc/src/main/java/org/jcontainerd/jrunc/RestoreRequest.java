package org.jcontainerd.jrunc;

/**
 * What a saved container is brought back with.
 *
 * @param container its id, bundle and streams, as for create; without a keeper
 * @param lsmProfile {@code TYPE:NAME} of a security profile other than the saved one, or ""
 * @param lsmMountContext SELinux context of mounts other than the saved one, or ""
 */
public record RestoreRequest(
    CreateRequest container, CriuSettings criu, String lsmProfile, String lsmMountContext) {}

package org.jcontainerd.oci.runtime;

/**
 * A host network interface moved into the container.
 *
 * @param name its name in the container; "" keeps the host's name
 */
public record NetDevice(String name) {}

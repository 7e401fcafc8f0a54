package org.jcontainerd.oci.cni;

/** An attachment by its key, as GC lists the valid ones. */
public record CniAttachment(String containerID, String ifname) {}

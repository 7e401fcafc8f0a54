package org.jcontainerd.linux.nftables;

/**
 * A rule as the kernel lists it.
 *
 * @param handle its number in the table
 * @param comment "" if it has none
 */
public record NftRule(NftTable table, String chain, long handle, String comment) {}

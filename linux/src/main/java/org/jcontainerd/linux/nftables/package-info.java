/**
 * nf_tables without a {@code nft} process: tables, chains, rules, sets and maps, changed in one
 * transaction ({@link org.jcontainerd.linux.nftables.NftTransaction}) and listed with handles and
 * comments ({@link org.jcontainerd.linux.nftables.Nftables}).
 */
@NullMarked
package org.jcontainerd.linux.nftables;

import org.jspecify.annotations.NullMarked;

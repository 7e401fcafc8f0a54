/**
 * rtnetlink: links, addresses, routes, neighbours; and the message codec that {@code nftables} uses
 * too. Requests are values, made by {@code LinkRequests}, {@code AddressRequests} and {@code
 * RouteRequests}; several go to the kernel in one system call with {@link
 * org.jcontainerd.linux.netlink.NetlinkSocket#execute}.
 */
@NullMarked
package org.jcontainerd.linux.netlink;

import org.jspecify.annotations.NullMarked;

package org.jcontainerd.jrunc;

import java.util.Optional;
import org.jcontainerd.jrunc.keeper.KeeperClient;

/**
 * A process that the runtime has started, or for {@code create} has prepared.
 *
 * @param pid in the runtime's pid namespace
 * @param startTicks its start in clock ticks since boot, which tells it from a later process of
 *     that pid
 * @param keeper the connection to its keeper, which the caller closes; empty if none was asked for
 */
public record StartedProcess(int pid, long startTicks, Optional<KeeperClient> keeper) {}

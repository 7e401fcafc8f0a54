package org.jcontainerd.oci.runtime;

import org.jcontainerd.oci.json.Json;

/**
 * A condition on an argument of a system call.
 *
 * @param index 0 to 5
 * @param value value compared with; the mask of SCMP_CMP_MASKED_EQ
 * @param valueTwo the masked value compared with
 * @param op {@code SCMP_CMP_...}
 */
public record SyscallArg(
    @Json(always = true) int index,
    @Json(unsigned = 64, always = true) long value,
    @Json(unsigned = 64) long valueTwo,
    @Json(always = true) String op) {}

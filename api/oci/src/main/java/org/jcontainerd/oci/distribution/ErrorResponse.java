package org.jcontainerd.oci.distribution;

import java.util.List;
import java.util.stream.Collectors;

/** The body of a registry's answer to a request that failed (spec.md, "Error Codes"). */
public record ErrorResponse(List<Entry> errors) {
  public ErrorResponse {
    errors = List.copyOf(errors);
  }

  /** One reason. */
  public record Entry(String code, String message) {}

  /** The reasons in one line. */
  public String summary() {
    return errors.stream()
        .map(e -> e.code() + (e.message().isEmpty() ? "" : ": " + e.message()))
        .collect(Collectors.joining("; "));
  }
}

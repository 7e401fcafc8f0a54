package org.jcontainerd.jshim.service;

/** Name and version of this shim. */
public final class ShimVersion {
  public static final String NAME = "containerd-shim-jrunc-v1";
  public static final String TEXT = "0.1.0";

  private ShimVersion() {}
}

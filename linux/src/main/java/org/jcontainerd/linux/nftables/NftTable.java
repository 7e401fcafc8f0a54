package org.jcontainerd.linux.nftables;

/** A table by its family and name. */
public record NftTable(NftFamily family, String name) {
  @Override
  public String toString() {
    return family + " " + name;
  }
}

package org.jcontainerd.linux.nftables;

import java.util.Optional;
import org.jcontainerd.linux.netlink.MessageWriter;

/** What becomes of a packet. */
public record NftVerdict(int code, Optional<String> chain) {
  /** linux/netfilter.h and nf_tables.h. */
  private static final int NF_DROP = 0;

  private static final int NF_ACCEPT = 1;
  private static final int NFT_JUMP = -3;
  private static final int NFT_GOTO = -4;
  private static final int NFT_RETURN = -5;
  private static final int NFTA_VERDICT_CODE = 1;
  private static final int NFTA_VERDICT_CHAIN = 2;

  /** The packet is dropped. */
  public static NftVerdict drop() {
    return new NftVerdict(NF_DROP, Optional.empty());
  }

  /** The packet passes this hook. */
  public static NftVerdict accept() {
    return new NftVerdict(NF_ACCEPT, Optional.empty());
  }

  /** On to another chain, and back at its end. */
  public static NftVerdict jump(String chain) {
    return new NftVerdict(NFT_JUMP, Optional.of(chain));
  }

  /** On to another chain, not back. */
  public static NftVerdict goTo(String chain) {
    return new NftVerdict(NFT_GOTO, Optional.of(chain));
  }

  /** Back to the calling chain. */
  public static NftVerdict goBack() {
    return new NftVerdict(NFT_RETURN, Optional.empty());
  }

  void write(MessageWriter w) {
    w.be32(NFTA_VERDICT_CODE, code);
    chain.ifPresent(c -> w.string(NFTA_VERDICT_CHAIN, c));
  }
}

package org.jcontainerd.linux.nftables;

import java.util.Optional;
import org.jcontainerd.linux.netlink.MessageWriter;

/**
 * One step of a rule: loads something into a register, compares a register (a rule ends at a
 * comparison that does not hold), or acts. Attribute numbers are those of
 * linux/netfilter/nf_tables.h, in their order. Registers: 1 to 4 hold 16 bytes each.
 */
public sealed interface NftExpression {
  /** Its name in the kernel. */
  String kernelName();

  /** Writes its attributes. */
  void write(MessageWriter w);

  /** Which header {@link Payload} reads. */
  enum Base {
    LINK(0),
    NETWORK(1),
    TRANSPORT(2);

    private final int number;

    Base(int number) {
      this.number = number;
    }
  }

  /** Loads bytes of the packet. */
  record Payload(Base base, int offset, int length, int register) implements NftExpression {
    @Override
    public String kernelName() {
      return "payload";
    }

    @Override
    public void write(MessageWriter w) {
      w.be32(1, register).be32(2, base.number).be32(3, offset).be32(4, length);
    }
  }

  /** How {@link Compare} compares. */
  enum Relation {
    EQUAL(0),
    NOT_EQUAL(1),
    LESS(2),
    AT_MOST(3),
    GREATER(4),
    AT_LEAST(5);

    private final int number;

    Relation(int number) {
      this.number = number;
    }
  }

  /** Ends the rule unless the register has this relation to the value. */
  record Compare(int register, Relation relation, NftData value) implements NftExpression {
    @Override
    public String kernelName() {
      return "cmp";
    }

    @Override
    public void write(MessageWriter w) {
      w.be32(1, register).be32(2, relation.number);
      value.write(w, 3);
    }
  }

  /** {@code register = (register & mask) ^ flip}. */
  record Bitwise(int register, int length, NftData mask, NftData flip) implements NftExpression {
    @Override
    public String kernelName() {
      return "bitwise";
    }

    @Override
    public void write(MessageWriter w) {
      w.be32(1, register).be32(2, register).be32(3, length);
      mask.write(w, 4);
      flip.write(w, 5);
    }
  }

  /** Loads a constant, or decides: register 0 is the verdict. */
  record Immediate(int register, NftData value) implements NftExpression {
    /** Decides on the packet. */
    public static Immediate decide(NftVerdict verdict) {
      return new Immediate(0, new NftData.Decision(verdict));
    }

    @Override
    public String kernelName() {
      return "immediate";
    }

    @Override
    public void write(MessageWriter w) {
      w.be32(1, register);
      value.write(w, 2);
    }
  }

  /**
   * Looks a register up in a set or map.
   *
   * @param result where a map's value goes, 0 for a verdict map; empty for a plain set
   */
  record Lookup(String set, int register, Optional<Integer> result, boolean inverted)
      implements NftExpression {
    @Override
    public String kernelName() {
      return "lookup";
    }

    @Override
    public void write(MessageWriter w) {
      w.string(1, set).be32(2, register);
      result.ifPresent(r -> w.be32(3, r));
      if (inverted) {
        w.be32(5, 1);
      }
    }
  }

  /** Loads the address type (RTN_LOCAL is 2) of the packet's destination. */
  record FibDestinationType(int register) implements NftExpression {
    private static final int NFT_FIB_RESULT_ADDRTYPE = 3;
    private static final int NFTA_FIB_F_DADDR = 2;

    @Override
    public String kernelName() {
      return "fib";
    }

    @Override
    public void write(MessageWriter w) {
      w.be32(1, register).be32(2, NFT_FIB_RESULT_ADDRTYPE).be32(3, NFTA_FIB_F_DADDR);
    }
  }

  /** What {@link Ct} loads: enum nft_ct_keys. */
  enum CtKey {
    STATE(0),
    DIRECTION(1),
    STATUS(2),
    MARK(3);

    private final int number;

    CtKey(int number) {
      this.number = number;
    }
  }

  /** Loads a property of the packet's connection. */
  record Ct(CtKey key, int register) implements NftExpression {
    @Override
    public String kernelName() {
      return "ct";
    }

    @Override
    public void write(MessageWriter w) {
      w.be32(1, register).be32(2, key.number);
    }
  }

  /** What {@link Meta} loads: some of enum nft_meta_keys. */
  enum MetaKey {
    MARK(3),
    IN_INTERFACE_NAME(6),
    OUT_INTERFACE_NAME(7),
    NETWORK_PROTOCOL(15),
    TRANSPORT_PROTOCOL(16);

    private final int number;

    MetaKey(int number) {
      this.number = number;
    }
  }

  /** Loads what the kernel knows about the packet beside its bytes. */
  record Meta(MetaKey key, int register) implements NftExpression {
    @Override
    public String kernelName() {
      return "meta";
    }

    @Override
    public void write(MessageWriter w) {
      w.be32(1, register).be32(2, key.number);
    }
  }

  /** Sets what the kernel knows about the packet beside its bytes. */
  record MetaSet(MetaKey key, int register) implements NftExpression {
    @Override
    public String kernelName() {
      return "meta";
    }

    @Override
    public void write(MessageWriter w) {
      w.be32(2, key.number).be32(3, register);
    }
  }

  /**
   * Rewrites source or destination.
   *
   * @param destination whether the destination is rewritten, else the source
   * @param family IP or IP6
   * @param portRegister register of the port; empty keeps it
   */
  record Nat(
      boolean destination, NftFamily family, int addressRegister, Optional<Integer> portRegister)
      implements NftExpression {
    @Override
    public String kernelName() {
      return "nat";
    }

    @Override
    public void write(MessageWriter w) {
      w.be32(1, destination ? 1 : 0).be32(2, family.number()).be32(3, addressRegister);
      portRegister.ifPresent(r -> w.be32(5, r));
    }
  }

  /** Rewrites the source to the address of the outgoing link. */
  record Masquerade() implements NftExpression {
    @Override
    public String kernelName() {
      return "masq";
    }

    @Override
    public void write(MessageWriter w) {
      // no attribute: no port range, no flags
    }
  }

  /** Rewrites the destination to this host, at the port in a register. */
  record Redirect(int portRegister) implements NftExpression {
    @Override
    public String kernelName() {
      return "redir";
    }

    @Override
    public void write(MessageWriter w) {
      w.be32(1, portRegister);
    }
  }

  /** Counts packets and bytes. */
  record Counter() implements NftExpression {
    @Override
    public String kernelName() {
      return "counter";
    }

    @Override
    public void write(MessageWriter w) {
      w.be64(1, 0).be64(2, 0);
    }
  }
}

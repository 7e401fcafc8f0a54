package org.jcontainerd.linux.netlink;

/**
 * One message to be sent.
 *
 * @param what what the request is for, for the exception if the kernel refuses it: {@code create
 *     veth 'veth12ab'}
 * @param type message type, as RTM_NEWLINK
 * @param flags NLM_F_CREATE and the like; NLM_F_REQUEST and NLM_F_ACK are added when it is sent
 * @param body fixed header and attributes; not copied, callers do not change it
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record NetlinkRequest(String what, int type, int flags, byte[] body) {
  /** NLM_F_REPLACE: change what exists. */
  public static final int REPLACE = 0x100;

  /** NLM_F_NONREC, of a deletion: fail with EBUSY if it holds something. Linux 4.15. */
  public static final int NOT_RECURSIVE = 0x100;

  /** NLM_F_EXCL: fail with EEXIST if it exists. */
  public static final int EXCLUSIVE = 0x200;

  /** NLM_F_CREATE: make it if it does not exist. */
  public static final int CREATE = 0x400;

  /** NLM_F_APPEND: add to the end of a list. */
  public static final int APPEND = 0x800;

  static final int REQUEST = 0x1;
  static final int MULTI = 0x2;
  static final int ACK = 0x4;
  static final int DUMP_INTERRUPTED = 0x10;
  static final int CAPPED = 0x100;
  static final int ACK_ATTRIBUTES = 0x200;

  /** NLM_F_ROOT and NLM_F_MATCH. */
  static final int DUMP = 0x300;

  NetlinkRequest(String what, int type, int flags, MessageWriter body) {
    this(what, type, flags, body.toBytes());
  }
}

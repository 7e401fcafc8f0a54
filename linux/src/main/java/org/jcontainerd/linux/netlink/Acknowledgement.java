package org.jcontainerd.linux.netlink;

import org.jcontainerd.linux.LinuxException;

/**
 * The end of a request: NLMSG_ERROR or NLMSG_DONE.
 *
 * @param errno 0 if the request was done
 * @param text the kernel's extended acknowledgement, "" if it gave none
 */
record Acknowledgement(int errno, String text) {
  /** linux/netlink.h. */
  private static final int NLMSGERR_ATTR_MSG = 1;

  /** The request's own header comes back in an error, its body only without NETLINK_CAP_ACK. */
  private static final int ERROR_AND_HEADER = 4 + NetlinkMessage.HEADER;

  /** Text that an exception shows without quotes. */
  record Words(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  static Acknowledgement parse(NetlinkMessage message) throws NetlinkFormatException {
    if (message.type() == NetlinkMessage.DONE && message.length() < 4) {
      return new Acknowledgement(0, "");
    }
    int errno = -message.field(0, 4).u32();
    String text = "";
    if ((message.flags() & NetlinkRequest.ACK_ATTRIBUTES) != 0) {
      int start = 4;
      if (message.type() == NetlinkMessage.ERROR) {
        boolean capped = errno == 0 || (message.flags() & NetlinkRequest.CAPPED) != 0;
        int requestLength = message.field(4, 4).u32();
        start = capped ? ERROR_AND_HEADER : 4 + Math.max(requestLength, NetlinkMessage.HEADER);
        if (start < 0 || start > message.length()) {
          throw new NetlinkFormatException("netlink error: request of " + requestLength + " bytes");
        }
      }
      text = message.attributes(start).string(NLMSGERR_ATTR_MSG);
    }
    return new Acknowledgement(errno, text);
  }

  boolean failed() {
    return errno != 0;
  }

  LinuxException exception(NetlinkRequest request) {
    return text.isEmpty()
        ? new LinuxException(errno, "netlink", new Words(request.what()))
        : new LinuxException(errno, "netlink", new Words(request.what()), text);
  }
}

package org.jcontainerd.jrunc.checkpoint;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * One {@code criu_resp} message.
 *
 * @param type of the request that is answered, or {@link CriuRequest#NOTIFY}
 * @param errno 0 if criu does not name one
 * @param script in a notification, the name of the point that is reached, else ""
 * @param pid in a notification, the process it is about, else 0
 */
record CriuResponse(int type, boolean success, int errno, String script, int pid) {

  static CriuResponse parse(byte[] bytes) throws IOException {
    int type = 0;
    boolean success = false;
    int errno = 0;
    String script = "";
    int pid = 0;
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> type = in.readEnum();
        case 2 -> success = in.readBool();
        case 5 -> {
          int end = in.pushLimit(in.readRawVarint32());
          for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(inner)) {
              case 1 -> script = in.readString();
              case 2 -> pid = in.readInt32();
              default -> in.skipField(inner);
            }
          }
          in.popLimit(end);
        }
        case 7 -> errno = in.readInt32();
        default -> in.skipField(tag);
      }
    }
    return new CriuResponse(type, success, errno, script, pid);
  }
}

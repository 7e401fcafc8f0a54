package org.jcontainerd.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Java values as C memory, and back. */
final class Memory {
  private Memory() {}

  /**
   * The address of a NUL-terminated copy.
   *
   * @throws IllegalArgumentException if {@code text} contains NUL, which would silently cut it
   */
  static long cString(Arena arena, String text) {
    byte[] bytes = FileNames.encode(text);
    for (byte b : bytes) {
      if (b == 0) {
        throw new IllegalArgumentException("'" + text.replace("\0", "\\0") + "': contains NUL");
      }
    }
    MemorySegment copy = arena.allocate(bytes.length + 1L);
    var _ = view(copy).put(bytes);
    return copy.address();
  }

  /** The address of a NULL-terminated array of strings, as execve(2) takes. */
  static long cStrings(Arena arena, List<String> texts) {
    long[] addresses = new long[texts.size() + 1];
    for (int i = 0; i < texts.size(); i++) {
      addresses[i] = cString(arena, texts.get(i));
    }
    return longs(arena, addresses);
  }

  /** The address of an array, or of a struct whose fields are all of 64 bits. */
  static long longs(Arena arena, long... values) {
    MemorySegment copy = arena.allocate(values.length * 8L, 8);
    var _ = view(copy).asLongBuffer().put(values);
    return copy.address();
  }

  static long copyOf(Arena arena, byte[] bytes) {
    MemorySegment copy = arena.allocate(Math.max(bytes.length, 1));
    var _ = view(copy).put(bytes);
    return copy.address();
  }

  /** The {@code int} at the start of a segment. */
  static int firstInt(MemorySegment segment) {
    return view(segment).getInt(0);
  }

  static int[] ints(MemorySegment segment) {
    int[] values = new int[(int) (segment.byteSize() / 4)];
    var _ = view(segment).asIntBuffer().get(values);
    return values;
  }

  /**
   * The same memory as a buffer in the machine's byte order, for what every command reads or
   * writes: the first access of a JVM to a segment by layout costs 8 ms, the first copy between one
   * and an array 5 ms (a pattern switch inside), one to a buffer nothing.
   */
  static ByteBuffer view(MemorySegment segment) {
    return segment.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  static byte[] bytes(MemorySegment segment, long length) {
    byte[] bytes = new byte[(int) length];
    var _ = view(segment).get(bytes);
    return bytes;
  }

  /**
   * Memory of the remaining bytes of {@code buffer}: its own if it is direct, else an uninitialized
   * one of the same size.
   */
  static MemorySegment memoryOf(Arena arena, ByteBuffer buffer) {
    return buffer.isDirect()
        ? MemorySegment.ofBuffer(buffer)
        : arena.allocate(Math.max(buffer.remaining(), 1));
  }

  /** As {@link #memoryOf}, holding the content of {@code buffer}. */
  static MemorySegment contentOf(Arena arena, ByteBuffer buffer) {
    MemorySegment memory = memoryOf(arena, buffer);
    if (!buffer.isDirect()) {
      memory.copyFrom(MemorySegment.ofBuffer(buffer));
    }
    return memory;
  }

  /** Moves {@code count} bytes that a call has put into {@code memory} into {@code buffer}. */
  static void filled(ByteBuffer buffer, MemorySegment memory, long count) {
    if (!buffer.isDirect()) {
      MemorySegment.ofBuffer(buffer).copyFrom(memory.asSlice(0, count));
    }
    buffer.position(buffer.position() + (int) count);
  }
}

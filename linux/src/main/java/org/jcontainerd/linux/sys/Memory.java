package org.jcontainerd.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

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
    MemorySegment.copy(bytes, 0, copy, JAVA_BYTE, 0, bytes.length);
    return copy.address();
  }

  /** The address of a NULL-terminated array of strings, as execve(2) takes. */
  static long cStrings(Arena arena, List<String> texts) {
    long[] addresses = new long[texts.size() + 1];
    for (int i = 0; i < texts.size(); i++) {
      addresses[i] = cString(arena, texts.get(i));
    }
    return arena.allocateFrom(JAVA_LONG, addresses).address();
  }

  static long copyOf(Arena arena, byte[] bytes) {
    MemorySegment copy = arena.allocate(Math.max(bytes.length, 1));
    MemorySegment.copy(bytes, 0, copy, JAVA_BYTE, 0, bytes.length);
    return copy.address();
  }

  /**
   * The {@code int} at the start of a segment. By way of an array, because the first access of a
   * JVM to a segment by layout costs milliseconds; for what every program does at its start.
   */
  static int firstInt(MemorySegment segment) {
    return segment.asSlice(0, 4).toArray(JAVA_INT)[0];
  }

  /**
   * The same memory as a buffer in the machine's byte order, for structs that every command reads
   * or writes: the first access of a JVM to a segment by layout costs 8 ms, one to a buffer
   * nothing.
   */
  static ByteBuffer view(MemorySegment segment) {
    return segment.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  static byte[] bytes(MemorySegment segment, long length) {
    return segment.asSlice(0, length).toArray(JAVA_BYTE);
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

package dev.heapwarden.probes.gomemory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A message in the wire format of Protocol Buffers, as far as profile.proto needs it: numbers,
 * strings, messages and packed numbers. <a
 * href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>.
 */
final class ProtoMessage {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Zero is the default and is left out. */
  ProtoMessage number(int field, long value) {
    if (value != 0) {
      varint(((long) field << 3) | VARINT);
      varint(value);
    }
    return this;
  }

  ProtoMessage text(int field, String value) {
    return delimited(field, value.getBytes(StandardCharsets.UTF_8));
  }

  ProtoMessage message(int field, ProtoMessage value) {
    return delimited(field, value.bytes.toByteArray());
  }

  ProtoMessage packed(int field, long... values) {
    var numbers = new ProtoMessage();
    for (long value : values) {
      numbers.varint(value);
    }
    return message(field, numbers);
  }

  void writeTo(OutputStream output) throws IOException {
    bytes.writeTo(output);
  }

  private ProtoMessage delimited(int field, byte[] value) {
    varint(((long) field << 3) | LENGTH_DELIMITED);
    varint(value.length);
    bytes.writeBytes(value);
    return this;
  }

  private void varint(long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      bytes.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    bytes.write((int) left);
  }
}

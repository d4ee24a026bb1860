package dev.heapwarden.probes.gomemory;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Counts keys. Of a key it keeps digests, as long as it counts, and gives nothing of them away. */
final class KeySample {
  private static final int LIMIT = 8192;

  /** Longer keys are not compared. */
  static final int LONGEST_COMPARED = 4096;

  private static final int[] LENGTHS = {32, 64, 128};

  private final int[] lengths = new int[LENGTHS.length + 1];
  private final Set<Long> keys = new HashSet<>();
  private final Set<Long> trimmed = new HashSet<>();
  private final Set<Long> folded = new HashSet<>();
  private final Set<Long> decoded = new HashSet<>();
  private final MessageDigest digest;
  private int sampled;
  private int tooLong;

  KeySample() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  boolean full() {
    return sampled >= LIMIT;
  }

  /**
   * Takes a key; one that it has already was seen in two places while it moved.
   *
   * @param start of it, {@link #LONGEST_COMPARED} bytes at most
   */
  void take(long length, ByteBuffer start) {
    var key = new byte[start.remaining()];
    start.get(key);
    if (length > LONGEST_COMPARED) {
      tooLong++;
    } else if (keys.add(digest(key))) {
      trimmed.add(digest(trimmed(key)));
      folded.add(digest(folded(key)));
      decoded.add(digest(decoded(key)));
    } else {
      return;
    }
    sampled++;
    int lengthClass = 0;
    while (lengthClass < LENGTHS.length && length > LENGTHS[lengthClass]) {
      lengthClass++;
    }
    lengths[lengthClass]++;
  }

  int sampled() {
    return sampled;
  }

  int tooLong() {
    return tooLong;
  }

  KeyFigures.Lengths lengths() {
    return new KeyFigures.Lengths(lengths[0], lengths[1], lengths[2], lengths[3]);
  }

  KeyFigures.EqualAfter equalAfter() {
    int all = keys.size();
    return new KeyFigures.EqualAfter(
        all - trimmed.size(), all - folded.size(), all - decoded.size());
  }

  private Long digest(byte[] form) {
    return ByteBuffer.wrap(digest.digest(form)).getLong();
  }

  private static byte[] trimmed(byte[] key) {
    int from = 0;
    int to = key.length;
    while (from < to && space(key[from])) {
      from++;
    }
    while (to > from && space(key[to - 1])) {
      to--;
    }
    return Arrays.copyOfRange(key, from, to);
  }

  private static boolean space(byte character) {
    return character == ' ' || (character >= '\t' && character <= '\r');
  }

  private static byte[] folded(byte[] key) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(key))
          .toString()
          .toLowerCase(Locale.ROOT)
          .getBytes(StandardCharsets.UTF_8);
    } catch (CharacterCodingException _) {
      return key;
    }
  }

  private static byte[] decoded(byte[] key) {
    var form = ByteBuffer.allocate(key.length);
    for (int i = 0; i < key.length; i++) {
      int high = key[i] == '%' && i + 2 < key.length ? Character.digit(key[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(key[i + 2], 16);
      if (low >= 0) {
        form.put((byte) (high << 4 | low));
        i += 2;
      } else {
        form.put(key[i] == '+' ? (byte) ' ' : key[i]);
      }
    }
    return Arrays.copyOf(form.array(), form.position());
  }
}

package dev.heapwarden.probes.nativecode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names of C++ and of Rust's older scheme that are plain words: {@code _ZN4shop5Cache3putEi} is
 * {@code shop::Cache::put}. Templates, substitutions and operators but new stay as they are.
 *
 * <p>Itanium C++ ABI, 5.1 "External Names"; a Rust name ends with a hash, {@code 17h} and 16 hex
 * digits.
 */
final class Demangled {
  private static final Pattern RUST_HASH = Pattern.compile("h[0-9a-f]{16}");

  private static final Map<String, String> OPERATORS =
      Map.of("_Znw", "operator new", "_Zna", "operator new[]");

  private final String mangled;
  private int at;

  private Demangled(String mangled) {
    this.mangled = mangled;
  }

  /** The name, or the mangled one where it is not that plain. */
  static String of(String name) {
    for (var operator : OPERATORS.entrySet()) {
      if (name.startsWith(operator.getKey())) {
        return operator.getValue();
      }
    }
    return name.startsWith("_Z") ? new Demangled(name).words().orElse(name) : name;
  }

  private Optional<String> words() {
    at = 2;
    boolean nested = skip('N');
    if (nested) {
      // const, volatile and restrict members.
      while (skip('K') || skip('V') || skip('r')) {}
    } else {
      // static: internal linkage.
      skip('L');
    }
    var words = new ArrayList<String>();
    do {
      var word = word(words);
      if (word.isEmpty()) {
        return Optional.empty();
      }
      words.add(word);
    } while (nested && !skip('E'));
    if (!nested && at < mangled.length() && mangled.charAt(at) == 'I') {
      return Optional.empty();
    }
    return Optional.of(String.join("::", withoutHash(words)));
  }

  /** Empty where something else than a word stands. */
  private String word(List<String> before) {
    if (skip('L')) {
      return word(before);
    }
    if (!before.isEmpty() && at + 1 < mangled.length() && "CD".indexOf(mangled.charAt(at)) >= 0) {
      boolean constructor = mangled.charAt(at) == 'C';
      at += 2;
      return (constructor ? "" : "~") + before.getLast();
    }
    int length = 0;
    while (at < mangled.length() && length < mangled.length() && isDigit(mangled.charAt(at))) {
      length = 10 * length + (mangled.charAt(at++) - '0');
    }
    if (length == 0 || length > mangled.length() - at) {
      return "";
    }
    at += length;
    return mangled.substring(at - length, at);
  }

  private static List<String> withoutHash(List<String> words) {
    return words.size() > 1 && RUST_HASH.matcher(words.getLast()).matches()
        ? words.subList(0, words.size() - 1)
        : words;
  }

  private boolean skip(char expected) {
    if (at < mangled.length() && mangled.charAt(at) == expected) {
      at++;
      return true;
    }
    return false;
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }
}

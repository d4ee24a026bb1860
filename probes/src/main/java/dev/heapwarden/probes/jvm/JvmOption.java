package dev.heapwarden.probes.jvm;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A JVM option of the allow-list.
 *
 * @param text as it is given
 * @param flag that it sets; Xlog for logging
 * @param value true or false, a number without its unit's letter, or a word
 */
record JvmOption(String text, String flag, String value) {
  static final String LOGGING = "Xlog";

  private static final Pattern SWITCH = Pattern.compile("-XX:([+-])(\\w+)");
  private static final Pattern ASSIGNMENT = Pattern.compile("-XX:(\\w+)=(\\w+)");
  private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,12})([kmg]?)");

  static JvmOption of(String text) {
    var onOrOff = SWITCH.matcher(text);
    if (onOrOff.matches()) {
      return new JvmOption(text, onOrOff.group(2), Boolean.toString(onOrOff.group(1).equals("+")));
    }
    var assignment = ASSIGNMENT.matcher(text);
    if (assignment.matches()) {
      return new JvmOption(text, assignment.group(1), plain(assignment.group(2)));
    }
    return text.startsWith("-Xmx")
        ? new JvmOption(text, "MaxHeapSize", plain(text.substring("-Xmx".length())))
        : new JvmOption(text, LOGGING, text.substring(text.indexOf(':') + 1));
  }

  boolean isOn() {
    return value.equals("true");
  }

  Optional<Double> number() {
    return AMOUNT.matcher(value).matches() ? Optional.of(Double.valueOf(value)) : Optional.empty();
  }

  /** 1 KiB is 1024 bytes: JDK 17 and 25, src/hotspot/share/utilities/parseInteger.hpp. */
  private static String plain(String value) {
    var amount = AMOUNT.matcher(value.toLowerCase(Locale.ROOT));
    if (!amount.matches()) {
      return value;
    }
    int shift = 10 * " kmg".indexOf(amount.group(2).isEmpty() ? " " : amount.group(2));
    return new BigInteger(amount.group(1)).shiftLeft(shift).toString();
  }
}

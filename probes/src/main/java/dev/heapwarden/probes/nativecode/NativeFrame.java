package dev.heapwarden.probes.nativecode;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A place in native code.
 *
 * @param function demangled where that is easy, else as the file has it; null without a symbol
 * @param library last part of the file's path
 * @param offset address in the file, before relocation, hex: as addr2line takes it
 */
public record NativeFrame(
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String function,
    String library,
    String offset) {
  /** The function, else the library with the address in it, such as {@code libshop.so+0x11a9}. */
  public String text() {
    return function == null ? library + "+" + offset : function;
  }
}

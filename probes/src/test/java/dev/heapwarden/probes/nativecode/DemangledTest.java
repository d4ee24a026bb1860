package dev.heapwarden.probes.nativecode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemangledTest {
  @ParameterizedTest
  @CsvSource({
    "malloc, malloc",
    "_Z6handlei, handle",
    "_ZL6handlei, handle",
    "_ZN4shop5Store8rememberEv, shop::Store::remember",
    "_ZNK4shop5Store4sizeEv, shop::Store::size",
    "_ZN4shop5StoreC2Ev, shop::Store::Store",
    "_ZN4shop5StoreD1Ev, shop::Store::~Store",
    "_ZN4shop5store17h0123456789abcdefE, shop::store",
    "_Znwm, operator new",
    "_ZnamSt11align_val_t, operator new[]"
  })
  void aPlainNameIsReadable(String mangled, String readable) {
    assertThat(Demangled.of(mangled)).isEqualTo(readable);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_ZNSt6vectorIiSaIiEE9push_backEOi",
        "_Z3addIiEvT_",
        "_ZN4shopplERKS_",
        "_ZN99shop",
        "_ZN4shop",
        "_ZN",
        "_Z",
        "_Z99999999999999999999x",
        "_RNvC4shop5store"
      })
  void whatIsNotThatPlainStaysAsItIs(String mangled) {
    assertThat(Demangled.of(mangled)).isEqualTo(mangled);
  }
}

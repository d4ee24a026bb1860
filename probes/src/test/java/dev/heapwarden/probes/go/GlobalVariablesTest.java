package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.go.GlobalVariables.Owner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobalVariablesTest {
  @ParameterizedTest
  @CsvSource({
    "main.sessions, PROGRAM",
    "github.com/shop/orders/internal/cache.entries, PROGRAM",
    "shop/store.byName, PROGRAM",
    "main.pages[go.shape.string], PROGRAM",
    "net/http.DefaultTransport, STANDARD_LIBRARY",
    "time.localLoc, STANDARD_LIBRARY",
    "sync.pages[github.com/shop.key], STANDARD_LIBRARY",
    "vendor/golang.org/x/net/http2/hpack.staticTable, STANDARD_LIBRARY",
    "runtime.allgs, RUNTIME",
    "runtime/pprof.profiles, RUNTIME",
    "internal/runtime/maps.zeroVal, RUNTIME",
    "environ, RUNTIME"
  })
  void aVariableIsWhoseItsPackageIs(String name, Owner owner) {
    assertThat(GlobalVariables.owner(name)).isEqualTo(owner);
  }

  @Test
  void variablesWithPointersAreFoundWithTheirSize() throws Exception {
    var globals = GlobalVariables.read(GoPrograms.plain()).orElseThrow();

    assertThat(globals.variables())
        .filteredOn(variable -> variable.name().equals("runtime.allgs"))
        .singleElement()
        .satisfies(variable -> assertThat(variable.size()).isEqualTo(24));
    assertThat(globals.sections()).hasSize(2);
  }

  @Test
  void aStrippedProgramTellsOfNone() throws Exception {
    assertThat(GlobalVariables.read(GoPrograms.stripped())).isEmpty();
  }
}

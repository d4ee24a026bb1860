package dev.heapwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/**
 * google-java-format decides layout. With {@code -Dheapwarden.generate=true} this writes what it
 * otherwise checks.
 */
class SourceFormatTest {
  private static final boolean GENERATE = Boolean.getBoolean("heapwarden.generate");

  @Test
  void everySourceFileIsFormatted() throws IOException {
    var files = new ArrayList<Path>();
    for (var module : Sources.MODULES) {
      files.addAll(Sources.of(module));
    }
    assertThat(files).isNotEmpty();
    assertThat(files.parallelStream().filter(file -> !isFormatted(file)).toList())
        .as("run: mvn test -pl e2e -am -Dheapwarden.generate=true")
        .isEmpty();
  }

  /** As it is left here. */
  private static boolean isFormatted(Path file) {
    try {
      var source = Files.readString(file);
      var formatted = format(source);
      if (formatted.equals(source)) {
        return true;
      }
      if (GENERATE) {
        Files.writeString(file, formatted);
      }
      return GENERATE;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FormatterException e) {
      throw new IllegalStateException(file.toString(), e);
    }
  }

  private static String format(String source) throws FormatterException {
    var style = JavaFormatterOptions.Style.GOOGLE;
    return new Formatter(JavaFormatterOptions.builder().style(style).build())
        .formatSource(
            RemoveUnusedImports.removeUnusedImports(ImportOrderer.reorderImports(source, style)));
  }
}

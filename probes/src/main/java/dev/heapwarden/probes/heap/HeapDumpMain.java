package dev.heapwarden.probes.heap;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileDescriptor;
import java.io.FileInputStream;

/**
 * The process that reads a dump: it finds the dump as its standard input, what to look for in its
 * environment, and prints an {@link InstanceSample} as one line of JSON.
 */
final class HeapDumpMain {
  static final String CLASS = "HEAPWARDEN_CLASS";
  static final String LIMIT = "HEAPWARDEN_LIMIT";

  private HeapDumpMain() {}

  public static void main(String[] arguments) {
    var environment = System.getenv();
    try (var dump = new FileInputStream(FileDescriptor.in)) {
      var sample =
          InstanceSearch.search(
              dump.getChannel(),
              environment.getOrDefault(CLASS, ""),
              Integer.parseInt(environment.getOrDefault(LIMIT, "")));
      System.out.println(new ObjectMapper().writeValueAsString(sample));
    } catch (Exception failure) {
      // Its message may quote the dump.
      System.err.println(failure.getClass().getName());
      System.exit(1);
    }
  }
}

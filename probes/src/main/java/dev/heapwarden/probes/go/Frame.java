package dev.heapwarden.probes.go;

/**
 * A place in a Go program's source.
 *
 * @param function with its package's path, such as {@code main.(*store).put}
 * @param file the last part of its name, such as {@code store.go}; empty when unknown
 * @param line from 1; 0 when unknown
 */
public record Frame(String function, String file, int line) {
  /** Such as {@code store.go:42}; empty when unknown. */
  public String location() {
    return file.isEmpty() || line <= 0 ? "" : file + ":" + line;
  }

  /** Such as {@code main.put (store.go:42)}. */
  public String described() {
    var location = location();
    return location.isEmpty() ? function : function + " (" + location + ")";
  }
}

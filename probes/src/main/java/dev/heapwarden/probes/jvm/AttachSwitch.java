package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether a JVM lets itself be attached to. A JVM whose counters cannot be read, or that starts and
 * has not written this one yet, is judged by its command line and environment.
 */
record AttachSwitch(JvmProcess process, Path procRoot) {
  private static final String OFF = "-XX:+DisableAttachMechanism";

  /**
   * Options in files, which may switch it off: of the VM (JDK 17 and 25,
   * src/hotspot/share/runtime/arguments.cpp; .hotspotrc is read only where Flags names it), and of
   * the launcher, which takes @@ for an @ (src/java.base/share/native/libjli/args.c).
   */
  private static final List<String> VM_FILES = List.of("-XX:Flags=", "-XX:VMOptionsFile=");

  private static final Pattern LAUNCHER_FILE = Pattern.compile("@[^@].*", Pattern.DOTALL);

  /** Why it is not attached to; empty where nothing says that it is off. */
  Optional<String> off() throws IOException {
    var told = told();
    boolean off = told.isPresent() ? !told.get() : launch().mentions(OFF);
    return off ? Optional.of("attaching is switched off (" + OFF + ")") : Optional.empty();
  }

  /** Why nobody knows whether it is off; empty where that is known. */
  Optional<String> unknown() throws IOException {
    return told().isPresent()
        ? Optional.empty()
        : file()
            .map(
                form ->
                    "its counters cannot be read, and options in a file (%s) may switch attaching off"
                        .formatted(form));
  }

  /**
   * The first character of jvmCapabilities is 1 when the attach mechanism is on (JDK 17 and 25,
   * src/hotspot/share/services/runtimeService.cpp).
   */
  private Optional<Boolean> told() {
    return Counters.readable(process.pid(), procRoot)
        .flatMap(Counters::dataNow)
        .flatMap(counters -> counters.text("sun.rt.jvmCapabilities"))
        .map(capabilities -> capabilities.startsWith("1"));
  }

  private Launch launch() {
    return new Launch(process.directory());
  }

  /** How a file of options is named; never its name. */
  private Optional<String> file() throws IOException {
    var arguments = launch().arguments();
    var launcher = launch().ofLauncher();
    var vm = launch().ofVm();
    Predicate<String> launcherFile = LAUNCHER_FILE.asMatchPredicate();
    if (arguments.stream().anyMatch(launcherFile) || launcher.stream().anyMatch(launcherFile)) {
      return Optional.of("@argfile");
    }
    return VM_FILES.stream()
        .filter(
            form ->
                Stream.of(arguments, launcher, vm)
                    .flatMap(List::stream)
                    .anyMatch(option -> option.startsWith(form)))
        .findFirst();
  }
}

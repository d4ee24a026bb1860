package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Kills a process, with SIGKILL and by itself, right after one of its changes of the files below a
 * directory. A write counts twice: with half of it done, and with all of it.
 */
final class Mortal {
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <errno.h>
      #include <fcntl.h>
      #include <limits.h>
      #include <signal.h>
      #include <stdarg.h>
      #include <stdatomic.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/stat.h>
      #include <unistd.h>

      static atomic_long changes;

      static int below(const char *path) {
        const char *directory = getenv("MORTAL_BELOW");
        return directory && !strncmp(path, directory, strlen(directory));
      }

      static int is_below(int file) {
        char link[64], path[PATH_MAX];
        int before = errno;
        snprintf(link, sizeof link, "/proc/self/fd/%d", file);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length < 0 ? 0 : length] = 0;
        errno = before;
        return below(path);
      }

      static void changed(int counts, const char *how) {
        if (!counts) return;
        int before = errno;
        int notes = open(getenv("MORTAL_NOTES"), O_WRONLY | O_APPEND | O_CLOEXEC);
        dprintf(notes, "%s\\n", how);
        close(notes);
        if (atomic_fetch_add(&changes, 1) + 1 == atol(getenv("MORTAL_AFTER")))
          kill(getpid(), SIGKILL);
        errno = before;
      }

      #define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
      #define CHANGES(call, counts, how) int result = call; changed(counts, how); return result

      static int opens(const char *real, const char *path, int flags, mode_t mode) {
        int (*original)(const char *, int, ...) = dlsym(RTLD_NEXT, real);
        CHANGES(original(path, flags, mode), flags & O_CREAT && below(path), "create");
      }
      #define OPENED va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest)
      int open64(const char *path, int flags, ...) { OPENED; return opens("open64", path, flags, mode); }
      int open(const char *path, int flags, ...) { OPENED; return opens("open", path, flags, mode); }

      ssize_t write(int file, const void *bytes, size_t size) {
        ssize_t (*original)(int, const void *, size_t) = REAL(write);
        if (size < 2 || !is_below(file)) return original(file, bytes, size);
        ssize_t half = original(file, bytes, size / 2);
        changed(1, "write half");
        if (half < 0) return half;
        ssize_t rest = original(file, (const char *)bytes + half, size - half);
        changed(1, "write");
        return rest < 0 ? half : half + rest;
      }
      int fsync(int file) { CHANGES(REAL(fsync)(file), is_below(file), "fsync"); }
      int fdatasync(int file) { CHANGES(REAL(fdatasync)(file), is_below(file), "fdatasync"); }
      int mkdir(const char *path, mode_t mode) { CHANGES(REAL(mkdir)(path, mode), below(path), "mkdir"); }
      int rmdir(const char *path) { CHANGES(REAL(rmdir)(path), below(path), "rmdir"); }
      int unlink(const char *path) { CHANGES(REAL(unlink)(path), below(path), "unlink"); }
      int rename(const char *from, const char *to) { CHANGES(REAL(rename)(from, to), below(to), "rename"); }
      """;

  private final Path library;

  /** Builds what does it. */
  Mortal(Path directory) throws IOException, InterruptedException {
    library = directory.resolve("mortal.so");
    var source = Files.writeString(directory.resolve("mortal.c"), SOURCE);
    var gcc =
        new ProcessBuilder(
                "gcc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString())
            .inheritIO()
            .start();
    assertThat(gcc.waitFor()).as("gcc").isZero();
  }

  /**
   * What a process has to find in its environment.
   *
   * @param notes gets a line for each change
   * @param after how many changes it ends; 0 for never
   */
  Map<String, String> environment(Path below, Path notes, int after) throws IOException {
    Files.write(notes, List.of());
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "MORTAL_BELOW", below.toString(),
        "MORTAL_NOTES", notes.toString(),
        "MORTAL_AFTER", Integer.toString(after));
  }
}

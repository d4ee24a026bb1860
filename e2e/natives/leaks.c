// leaks heap|threads|library|map|grow: at an even pace, in functions of their own, allocates what it keeps and what it gives
// back. 1,000 rounds per second at most.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shop.h"

#define KEPT (1 << 20)
#define SESSION 100
#define ARENA (64 << 10)

// So that no compiler finds out that a block is not used.
static void *volatile kept[KEPT];
static _Atomic uint32_t keep_at;

static void keep(void *block) { kept[keep_at++ % KEPT] = block; }

__attribute__((noinline)) void leak_session(void) { keep(malloc(SESSION)); }

__attribute__((noinline)) void leak_name(void) { keep(strdup("a customer's name")); }

__attribute__((noinline)) void leak_page(void) {
  void *page = 0;
  if (posix_memalign(&page, 256, 256) == 0) keep(page);
}

__attribute__((noinline)) void serve(void) {
  void *volatile request = malloc(3000);
  void *volatile answer = calloc(10, 50);
  free(request);
  answer = realloc((void *)answer, 2000);
  free(answer);
}

__attribute__((noinline)) void grow_log(void) {
  static char *volatile log;
  static size_t length = 4096;
  log = realloc(log, length += 16);
}

// Large, so that the library has the kernel move its pages.
__attribute__((noinline)) void grow_store(void) {
  static char *volatile store;
  static size_t length = 1 << 20;
  store = realloc(store, length += 4096);
}

__attribute__((noinline)) void *map(size_t size) {
  return mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

__attribute__((noinline)) void leak_arena(void) { keep(map(ARENA)); }

__attribute__((noinline)) void lend_arena(void) { munmap(map(ARENA), ARENA); }

static void *heap(void *unused) {
  for (;; usleep(1000)) {
    leak_session();
    serve();
  }
  return unused;
}

int main(int count, char **arguments) {
  const char *mode = count > 1 ? arguments[1] : "heap";
  if (!strcmp(mode, "threads")) {
    pthread_t thread;
    for (int i = 0; i < 3; i++) pthread_create(&thread, 0, heap, 0);
    heap(0);
  }
  for (;; usleep(1000)) {
    if (!strcmp(mode, "library")) {
      keep(shop_open());
      shop_serve();
    } else if (!strcmp(mode, "map")) {
      leak_arena();
      lend_arena();
    } else if (!strcmp(mode, "grow")) {
      grow_store();
    } else {
      leak_session();
      leak_name();
      leak_page();
      serve();
      grow_log();
    }
  }
}

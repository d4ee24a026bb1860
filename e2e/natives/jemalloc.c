// What a program with jemalloc in it has: its own malloc, and a function that only jemalloc has.
#include <stddef.h>
#include <unistd.h>

static char room[1 << 20];

void *mallocx(size_t size, int flags) { return room + (size + flags) % sizeof room; }

int main(void) {
  for (;; usleep(1000)) mallocx(10, 0);
}

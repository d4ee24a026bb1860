/*
 * Every native program of the corpus: `corpus PROGRAM SHAPE RATE` serves RATE requests a second on average, as SHAPE says, until it is
 * killed. A program is what it does for one request; those that leak keep about 1 KiB of it.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KIB = 1 << 10, MIB = 1 << 20, PAGE = 4096 };

static void *checked(void *memory) {
  if (memory == NULL || memory == MAP_FAILED) abort();
  return memory;
}

static void *filled(size_t bytes) { return memset(checked(malloc(bytes)), 1, bytes); }

static void *mapped(size_t bytes, int protection, int flags, int file) {
  return checked(mmap(NULL, bytes, protection, flags, file, 0));
}

/* Allocated, and freed by nobody. */
static void forget(int request) {
  (void)request;
  filled(KIB);
}

/* A buffer that is made larger, and never smaller. */
static void append(int request) {
  static char *text;
  text = checked(realloc(text, (size_t)(request + 1) * KIB));
  memset(text + (size_t)request * KIB, 1, KIB);
}

/* Mapped, and unmapped by nobody. */
static void map_only(int request) {
  if (request % 64 == 0) memset(mapped(64 * KIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1), 1, 64 * KIB);
}

/* A list of nodes with their names, two pieces each. */
static void link_name(int request) {
  static struct node { struct node *next; char *name; } *first;
  (void)request;
  struct node *node = filled(sizeof *node);
  node->next = first;
  node->name = filled(KIB - 48);
  first = node;
}

/* Messages that nobody reads stay in the kernel. */
static void send_unread(int request) {
  static char message[16 * KIB];
  int ends[2];
  if (request % 128 != 0) return;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0) abort();
  while (write(ends[0], message, sizeof message) > 0) {}
}

/* Pages far from each other, read only: all are the one zero page, and each has a page table of its own. */
static void scatter(int request) {
  static volatile char sum;
  if (request % 64 != 0) return;
  char *region = mapped(32 * MIB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
  if (madvise(region, 32 * MIB, MADV_NOHUGEPAGE) != 0) abort();
  for (size_t at = 0; at < 32 * MIB; at += 2 * MIB) sum += region[at];
}

/* A file in memory for each upload, never closed. */
static void upload(int request) {
  static char content[128 * KIB];
  if (request % 128 != 0) return;
  int file = memfd_create("upload", 0);
  if (file < 0 || write(file, content, sizeof content) != sizeof content) abort();
}

/* Shared with children that have ended long ago. */
static void share(int request) {
  if (request % 64 == 0) memset(mapped(64 * KIB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1), 1, 64 * KIB);
}

/* Clean: an arena of 24 MiB that is filled and begun anew. */
static void arena(int request) {
  static char *memory;
  if (memory == NULL) memory = checked(malloc(24 * MIB));
  memset(memory + (size_t)(request % (24 * KIB)) * KIB, 1, KIB);
}

/* Clean: pieces of many sizes that live for 8,000 requests; the allocator cannot give all back. */
static void fragment(int request) {
  static void *pieces[8000];
  free(pieces[request % 8000]);
  pieces[request % 8000] = filled((size_t)(64 + request * 7919L % 3000));
}

/* Clean: reads its own file of 32 MiB again and again. */
static void read_file(int request) {
  static FILE *file;
  static char block[4 * KIB];
  if (file == NULL) {
    file = checked(fopen("/data/file", "w+"));
    if (ftruncate(fileno(file), 32 * MIB) != 0) abort();
  }
  if (fseek(file, request * 4L * KIB % (32 * MIB), SEEK_SET) != 0) abort();
  if (fread(block, 1, sizeof block, file) != sizeof block) abort();
}

/* Clean: a table of 16 MiB that is filled once. */
static void fill_table(int request) {
  if (request < 16 * KIB) filled(KIB);
}

static const struct { const char *name; void (*request)(int); } programs[] = {
    {"forgotten", forget},     {"appended", append}, {"mappings", map_only}, {"names", link_name}, {"unread-pairs", send_unread},
    {"page-tables", scatter},  {"memfds", upload},   {"shared", share},      {"arena", arena},     {"fragments", fragment},
    {"file-reader", read_file}, {"table", fill_table},
};

/* How many requests have come by a time, in seconds, at one a second on average; as in load.go. */
static double arrived(const char *shape, double t) {
  if (strcmp(shape, "linear") == 0) return t;
  if (strcmp(shape, "slow") == 0) return t / 30;
  if (strcmp(shape, "stair") == 0) return 20 * floor(t / 20);
  if (strcmp(shape, "spike") == 0) return t / 2 + 30 * floor((t + 30) / 60);
  if (strcmp(shape, "waves") == 0) return t + 0.9 * 90 / (2 * M_PI) * (1 - cos(2 * M_PI * t / 90));
  if (strcmp(shape, "sawtooth") == 0) return 60 * floor(t / 60) + 2 * fmin(fmod(t, 60), 30);
  if (strcmp(shape, "ramp") == 0) return fmin(t, 120) * fmin(t, 120) / 240 + fmax(t - 120, 0);
  fprintf(stderr, "no shape %s\n", shape);
  exit(2);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  for (size_t i = 0; count == 4 && i < sizeof programs / sizeof *programs; i++) {
    if (strcmp(arguments[1], programs[i].name) != 0) continue;
    double rate = atof(arguments[3]), began = seconds();
    filled(8 * MIB);
    for (int served = 0;; usleep(50000)) {
      for (int due = (int)(rate * arrived(arguments[2], seconds() - began)); served < due; served++) programs[i].request(served);
    }
  }
  fprintf(stderr, "usage: corpus PROGRAM SHAPE RATE\n");
  return 2;
}

/*
 * Counts the flushes that a process asks of the kernel, and makes them fail or lie on demand.
 *
 *   LD_PRELOAD=flush-counter.so FLUSH_COUNTER_FILE=<file of 64 bytes or more>
 *
 * The file is mapped: who started the process reads and writes it while the process runs. Its words, 8 bytes each in
 * the order of the machine:
 *
 *   0  1 once the library is loaded
 *   1  fsync      2  fdatasync      3  sync_file_range      4  msync with MS_SYNC
 *   5  written by the other side: 1 fails every flush with EIO, 2 answers every flush at once and does nothing
 *
 * Only calls that the kernel answered with success are counted.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LOADED, FSYNC, FDATASYNC, SYNC_FILE_RANGE, MSYNC, MODE, WORDS };
enum { MODE_FAIL = 1, MODE_LIE = 2 };

static volatile uint64_t *words;

__attribute__((constructor)) static void map_words(void) {
  const char *path = getenv("FLUSH_COUNTER_FILE");
  if (path == NULL) return;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) abort();
  void *mapped = mmap(NULL, WORDS * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) abort();
  close(fd);
  words = mapped;
  words[LOADED] = 1;
}

/* The function of that name in the library below this one. */
static void *below(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (function == NULL) abort();
  return function;
}

static int faked(int *result) {
  if (words == NULL || words[MODE] == 0) return 0;
  *result = words[MODE] == MODE_LIE ? 0 : -1;
  if (*result < 0) errno = EIO;
  return 1;
}

static int counted(int word, int result) {
  if (words != NULL && result == 0) __atomic_add_fetch(&words[word], 1, __ATOMIC_SEQ_CST);
  return result;
}

int fsync(int fd) {
  static int (*real)(int);
  int result;
  if (faked(&result)) return result;
  if (real == NULL) real = below("fsync");
  return counted(FSYNC, real(fd));
}

int fdatasync(int fd) {
  static int (*real)(int);
  int result;
  if (faked(&result)) return result;
  if (real == NULL) real = below("fdatasync");
  return counted(FDATASYNC, real(fd));
}

#ifdef __linux__
int sync_file_range(int fd, off64_t offset, off64_t length, unsigned int flags) {
  static int (*real)(int, off64_t, off64_t, unsigned int);
  int result;
  if (faked(&result)) return result;
  if (real == NULL) real = below("sync_file_range");
  return counted(SYNC_FILE_RANGE, real(fd, offset, length, flags));
}
#endif

int msync(void *address, size_t length, int flags) {
  static int (*real)(void *, size_t, int);
  int result;
  if ((flags & MS_SYNC) != 0 && faked(&result)) return result;
  if (real == NULL) real = below("msync");
  result = real(address, length, flags);
  return (flags & MS_SYNC) != 0 ? counted(MSYNC, result) : result;
}

/* What a machine may do to a process, through three numbers in a mapped file (SHIM_CONTROL): milliseconds that a sync
 * takes longer; whether the disk is full; milliseconds that the wall clock is off. And what it may take back: in the
 * directory SHIM_UNDO is, for each file by its inode's number, what writes since its last sync have replaced. Preloaded by
 * shim.rs.
 *
 * Names are not taken back, nor that a file was cut off as it was opened: what becomes of them comes to the disk at once. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static volatile int64_t *control;
static const char *undo;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static int open_really(const char *path, int flags) {
    REAL(open);
    return real(path, flags | O_CLOEXEC, 0600);
}

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("SHIM_CONTROL");
    undo = getenv("SHIM_UNDO");
    int fd = path ? open_really(path, O_RDWR) : -1;
    if (fd < 0) return;
    void *mapped = mmap(0, 3 * sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
    if (mapped != MAP_FAILED) control = mapped;
    close(fd);
}

/* What is taken back. */

/* Followed by `count` bytes that were at that place of a file of that size. */
struct change { int64_t at, count, size; };

static void undo_path(char *path, size_t room, const struct stat *file) {
    snprintf(path, room, "%s/%llu", undo, (unsigned long long)file->st_ino);
}

static void remember(int fd, const struct stat *file, int64_t at, int64_t count) {
    if (!undo || file->st_nlink == 0) return;
    int64_t size = file->st_size, kept = at >= size ? 0 : at + count > size ? size - at : count;
    char path[4096], *record = malloc(sizeof(struct change) + kept);
    struct change change = {at, kept, size};
    if (!record) abort();
    memcpy(record, &change, sizeof change);
    if (kept > 0 && pread(fd, record + sizeof change, kept, at) != kept) {
        /* It can only be written by this one. (Those of SQLite can be read: a second one would take its locks away.) */
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        int reader = open_really(path, O_RDONLY);
        if (reader < 0 || pread(reader, record + sizeof change, kept, at) != kept) abort();
        close(reader);
    }
    undo_path(path, sizeof path, file);
    int to = open_really(path, O_WRONLY | O_CREAT | O_APPEND);
    REAL(write);
    if (to < 0 || real(to, record, sizeof change + kept) < 0) abort();
    close(to);
    free(record);
}

/* What there was is on the disk, or gone. */
static void forget(const struct stat *file) {
    char path[4096];
    if (!undo || !S_ISREG(file->st_mode)) return;
    undo_path(path, sizeof path, file);
    REAL(unlink);
    pthread_mutex_lock(&turn);
    real(path);
    pthread_mutex_unlock(&turn);
}

static void forget_at(int directory, const char *path) {
    struct stat file;
    int before = errno;
    if (undo && fstatat(directory, path, &file, AT_SYMLINK_NOFOLLOW) == 0 && file.st_nlink == 1) forget(&file);
    errno = before;
}

/* Disks. */

static void slow(void) {
    if (control && control[0]) usleep(control[0] * 1000);
}

static int synced(int fd, int result) {
    struct stat file;
    if (result == 0 && fstat(fd, &file) == 0) forget(&file);
    return result;
}

int fsync(int fd) { REAL(fsync); slow(); return synced(fd, real(fd)); }
int fdatasync(int fd) { REAL(fdatasync); slow(); return synced(fd, real(fd)); }

/* Whether the descriptor is one of a file; then nobody else changes any until `changed`. */
static int changes(int fd, int64_t at, int64_t count) {
    struct stat file;
    int before = errno;
    int is_file = fd > 2 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode);
    errno = before;
    if (!is_file) return 0;
    if (control && control[1]) {
        errno = ENOSPC;
        return -1;
    }
    pthread_mutex_lock(&turn);
    fstat(fd, &file);
    if (at < 0) at = fcntl(fd, F_GETFL) & O_APPEND ? file.st_size : lseek(fd, 0, SEEK_CUR);
    /* Less than all: what is left of it is cut off. */
    remember(fd, &file, at, count < 0 ? file.st_size : count);
    errno = before;
    return 1;
}

#define CHANGE(fd, at, count, call) do { \
    int of_file = changes(fd, at, count); \
    if (of_file < 0) return -1; \
    __typeof__(call) result = call; \
    int after = errno; \
    if (of_file) pthread_mutex_unlock(&turn); \
    errno = after; \
    return result; \
} while (0)

static int64_t sum(const struct iovec *parts, int count) {
    int64_t sum = 0;
    for (int part = 0; part < count; part++) sum += parts[part].iov_len;
    return sum;
}

ssize_t write(int fd, const void *bytes, size_t count) { REAL(write); CHANGE(fd, -1, count, real(fd, bytes, count)); }
ssize_t writev(int fd, const struct iovec *parts, int count) { REAL(writev); CHANGE(fd, -1, sum(parts, count), real(fd, parts, count)); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { REAL(pwrite); CHANGE(fd, at, count, real(fd, bytes, count, at)); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { REAL(pwrite64); CHANGE(fd, at, count, real(fd, bytes, count, at)); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { REAL(pwritev); CHANGE(fd, at, sum(parts, count), real(fd, parts, count, at)); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { REAL(pwritev64); CHANGE(fd, at, sum(parts, count), real(fd, parts, count, at)); }
int ftruncate(int fd, off_t size) { REAL(ftruncate); CHANGE(fd, size, -1, real(fd, size)); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); CHANGE(fd, size, -1, real(fd, size)); }
int fallocate(int fd, int mode, off_t at, off_t count) { REAL(fallocate); CHANGE(fd, at, count, real(fd, mode, at, count)); }
int fallocate64(int fd, int mode, off64_t at, off64_t count) { REAL(fallocate64); CHANGE(fd, at, count, real(fd, mode, at, count)); }
ssize_t sendfile(int to, int from, off_t *at, size_t count) { REAL(sendfile); CHANGE(to, -1, count, real(to, from, at, count)); }
ssize_t sendfile64(int to, int from, off64_t *at, size_t count) { REAL(sendfile64); CHANGE(to, -1, count, real(to, from, at, count)); }

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *at, size_t count, unsigned flags) {
    REAL(copy_file_range);
    CHANGE(to, at ? *at : -1, count, real(from, from_at, to, at, count, flags));
}

/* These give their error. */
int posix_fallocate(int fd, off_t at, off_t count) { return fallocate(fd, 0, at, count) ? errno : 0; }
int posix_fallocate64(int fd, off64_t at, off64_t count) { return fallocate64(fd, 0, at, count) ? errno : 0; }

/* Names. */

int unlink(const char *path) { REAL(unlink); forget_at(AT_FDCWD, path); return real(path); }
int unlinkat(int directory, const char *path, int flags) { REAL(unlinkat); forget_at(directory, path); return real(directory, path, flags); }
int rename(const char *from, const char *to) { REAL(rename); forget_at(AT_FDCWD, to); return real(from, to); }

#define OPENED(name) do { \
    mode_t mode = 0; \
    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) { \
        va_list more; \
        va_start(more, flags); \
        mode = va_arg(more, mode_t); \
        va_end(more); \
    } \
    REAL(name); \
    if (flags & O_TRUNC) forget_at(AT_FDCWD, path); \
    return real(path, flags, mode); \
} while (0)

int open(const char *path, int flags, ...) { OPENED(open); }
int open64(const char *path, int flags, ...) { OPENED(open64); }

/* Clocks. What only counts on (CLOCK_MONOTONIC, CLOCK_BOOTTIME) nobody sets. */

static int64_t offset(void) { return control ? control[2] : 0; }

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(clock_gettime);
    int result = real(clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t nanoseconds = now->tv_nsec + offset() % 1000 * 1000000;
        now->tv_sec += offset() / 1000 + (nanoseconds < 0 ? -1 : nanoseconds / 1000000000);
        now->tv_nsec = (nanoseconds + 1000000000) % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    int result = clock_gettime(CLOCK_REALTIME, &precise);
    (void)zone;
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return result;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}

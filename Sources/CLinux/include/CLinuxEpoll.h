/// epoll(7), which Swift's Glibc module leaves out; the kernel's constants are enums that Swift types apart.
#ifndef CLINUX_EPOLL_H
#define CLINUX_EPOLL_H

#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const int CLinux_epoll_add = EPOLL_CTL_ADD;
static const int CLinux_epoll_modify = EPOLL_CTL_MOD;
static const int CLinux_epoll_delete = EPOLL_CTL_DEL;

static const uint32_t CLinux_epoll_in = EPOLLIN;
static const uint32_t CLinux_epoll_out = EPOLLOUT;
static const uint32_t CLinux_epoll_failed = EPOLLERR | EPOLLHUP;
static const uint32_t CLinux_epoll_peer_closed = EPOLLRDHUP;
static const uint32_t CLinux_epoll_edge = EPOLLET;
static const uint32_t CLinux_epoll_exclusive = EPOLLEXCLUSIVE;

/// A close-on-exec epoll set; -1 with errno. EPOLL_CLOEXEC is an enum in C, whose type Swift and the call disagree on.
static inline int CLinux_epoll_create(void) {
    return epoll_create1(EPOLL_CLOEXEC);
}

/// A close-on-exec, non-blocking eventfd with the count 0 (eventfd(2)); -1 with errno. C for the flags, as above.
static inline int CLinux_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/// Waits for `nanoseconds`, or for ever when that is negative (epoll_pwait2(2), Linux 5.11), and where the kernel does not
/// know nanoseconds, for the next whole millisecond (epoll_wait(2)). C because glibc before 2.35 has no wrapper.
/// Returns the number of events, or -1 with errno.
static inline int CLinux_epoll_wait(int epoll, struct epoll_event *events, int count, int64_t nanoseconds) {
    static int lacks_nanoseconds = 0;
    if (nanoseconds > 0 && !lacks_nanoseconds) {
        struct timespec timeout = {nanoseconds / 1000000000, nanoseconds % 1000000000};
        int ready = (int)syscall(SYS_epoll_pwait2, epoll, events, count, &timeout, NULL, 0);
        if (ready >= 0 || (errno != ENOSYS && errno != EPERM)) {
            return ready;
        }
        // Only the loop's thread comes here, and each would find the same.
        lacks_nanoseconds = 1;
    }
    int64_t milliseconds = nanoseconds / 1000000 + (nanoseconds % 1000000 > 0);
    return epoll_wait(epoll, events, count, nanoseconds < 0 ? -1 : milliseconds > 3600000 ? 3600000 : (int)milliseconds);
}

/// How often the calling thread had to leave its core to another (getrusage(2), ru_nivcsw). C because RUSAGE_THREAD is guarded
/// by _GNU_SOURCE.
static inline int64_t CLinux_preemptions(void) {
    struct rusage usage;
    return getrusage(1, &usage) == 0 ? usage.ru_nivcsw : 0;
}

#endif

/// epoll(7), which Swift's Glibc module leaves out; the kernel's constants are enums that Swift types apart.
#ifndef CLINUX_EPOLL_H
#define CLINUX_EPOLL_H

#include <linux/aio_abi.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const int CLinux_epoll_add = EPOLL_CTL_ADD;
static const int CLinux_epoll_modify = EPOLL_CTL_MOD;
static const int CLinux_epoll_delete = EPOLL_CTL_DEL;

static const uint32_t CLinux_epoll_in = EPOLLIN;
static const uint32_t CLinux_epoll_out = EPOLLOUT;
static const uint32_t CLinux_epoll_failed = EPOLLERR | EPOLLHUP;
static const uint32_t CLinux_epoll_exclusive = EPOLLEXCLUSIVE;

/// A close-on-exec epoll set; -1 with errno. EPOLL_CLOEXEC is an enum in C, whose type Swift and the call disagree on.
static inline int CLinux_epoll_create(void) {
    return epoll_create1(EPOLL_CLOEXEC);
}

/// A close-on-exec, non-blocking eventfd with the count 0 (eventfd(2)); -1 with errno. C for the flags, as above.
static inline int CLinux_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

// MARK: - Asynchronous poll (io_submit(2))
//
// glibc has no functions for these system calls, and the kernel's structures hold unions and pointers as integers.

/// A context for one operation at a time; 0 with errno where the kernel or a sandbox refuses it.
static inline unsigned long CLinux_aio_setup(void) {
    aio_context_t context = 0;
    return syscall(SYS_io_setup, 1, &context) == 0 ? context : 0;
}

/// Signals `eventfd` once when `descriptor` is readable, at once if it is (IOCB_CMD_POLL, Linux 4.18).
/// Returns 1, or -1 with errno.
static inline int CLinux_aio_poll(unsigned long context, int descriptor, int eventfd) {
    struct iocb operation;
    struct iocb *operations[1] = {&operation};
    memset(&operation, 0, sizeof operation);
    operation.aio_fildes = (uint32_t)descriptor;
    operation.aio_lio_opcode = IOCB_CMD_POLL;
    operation.aio_buf = POLLIN;
    operation.aio_flags = IOCB_FLAG_RESFD;
    operation.aio_resfd = (uint32_t)eventfd;
    return (int)syscall(SYS_io_submit, context, 1, operations);
}

/// Takes the result of the operation that is over, which makes room for the next; what it says is not looked at.
static inline void CLinux_aio_reap(unsigned long context) {
    struct io_event event;
    struct timespec none = {0, 0};
    syscall(SYS_io_getevents, context, 0, 1, &event, &none);
}

#endif

/// epoll(7), which Swift's Glibc module leaves out; the kernel's constants are enums that Swift types apart.
#ifndef CLINUX_EPOLL_H
#define CLINUX_EPOLL_H

#include <stdint.h>
#include <sys/epoll.h>

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

#endif

// CLinux: the Linux calls that Swift's Glibc module does not show.
//
// Swift imports Glibc without _GNU_SOURCE, so whatever glibc guards with it is invisible, and so are function-like
// macros and variadic functions. Each shim below says why it must be C. They hold no policy.
//
// Errno contract of all shims, unless one says otherwise: a negative result means that errno tells why (read it at once),
// and none of them retries on EINTR. No pointer may be null unless marked _Nullable.

#ifndef CLINUX_H
#define CLINUX_H

#ifdef __swift__
// The system's types must be those of the Glibc module: a second copy of timespec and its like, taken in through the
// headers below, would have Swift ask for `import CLinux` wherever one of their members is used.
#pragma clang module import SwiftGlibc
#endif

#include "CLinuxEpoll.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>     // epoll_create1, epoll_ctl, epoll_wait: not part of the Glibc module
#include <sys/ioctl.h>
#include <sys/eventfd.h>   // eventfd: likewise
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sched.h>
#include <sys/signalfd.h>  // signalfd and its signalfd_siginfo: likewise
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#pragma clang assume_nonnull begin

// MARK: - Descriptors

/// Marks every descriptor from `first` up as close-on-exec (close_range(2), Linux 5.11).
/// C because the function and CLOSE_RANGE_CLOEXEC are guarded by _GNU_SOURCE.
/// Returns 0, or -1 with errno (EINVAL: a kernel that does not know the flag; ENOSYS: one that lacks the call).
static inline int CLinux_close_on_exec_from(unsigned int first) {
    const unsigned int close_range_cloexec = 1U << 2;
    return (int)syscall(SYS_close_range, first, ~0U, close_range_cloexec);
}

/// Accepts a connection with the new descriptor non-blocking and close-on-exec (accept4(2)); the peer is not reported.
/// C because accept4 is guarded by _GNU_SOURCE. Returns the descriptor, or -1 with errno.
static inline int CLinux_accept(int listener) {
    return (int)syscall(SYS_accept4, listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/// Makes a pipe whose ends are close-on-exec from the first (pipe2(2)): reading end first.
/// C because pipe2 is guarded by _GNU_SOURCE. Returns 0, or -1 with errno.
static inline int CLinux_pipe(int *ends) {
    return (int)syscall(SYS_pipe2, ends, O_CLOEXEC);
}

/// Reads a descriptor's flags (fcntl(2) F_GETFD). C because fcntl is variadic.
/// Returns the flags, or -1 with errno (EBADF: not open).
static inline int CLinux_descriptor_flags(int descriptor) {
    return fcntl(descriptor, F_GETFD);
}

/// Sets close-on-exec on one descriptor (fcntl(2) F_SETFD). C because fcntl is variadic.
/// Returns 0, or -1 with errno.
static inline int CLinux_set_close_on_exec(int descriptor) {
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

/// Clears close-on-exec on one descriptor (fcntl(2) F_SETFD). C because fcntl is variadic.
/// Returns 0, or -1 with errno.
static inline int CLinux_clear_close_on_exec(int descriptor) {
    return fcntl(descriptor, F_SETFD, 0);
}

/// Sets O_NONBLOCK on the open file behind a descriptor, keeping its other status flags (fcntl(2) F_SETFL).
/// C because fcntl is variadic. Returns 0, or -1 with errno.
static inline int CLinux_set_non_blocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

/// The effective user of the process at the other end of a unix socket, when it connected (SO_PEERCRED, unix(7)).
/// C because struct ucred is guarded by _GNU_SOURCE. Returns the user's id, or -1 with errno.
static inline int64_t CLinux_peer_user(int socket) {
    struct { pid_t pid; uid_t uid; gid_t gid; } peer;
    socklen_t size = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ? -1 : (int64_t)peer.uid;
}

/// Sends a datagram with a descriptor beside its bytes (sendmsg(2), SCM_RIGHTS in unix(7)).
/// C because the CMSG_ macros are function-like. Returns how many bytes were sent, or -1 with errno.
static inline ssize_t CLinux_send_descriptor(
    int socket, const struct sockaddr *_Nullable address, socklen_t length, const void *bytes, size_t count,
    int descriptor) {
    union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } control = {{0}};
    struct iovec part = {(void *)bytes, count};
    struct msghdr message = {
        .msg_name = (void *)address, .msg_namelen = length, .msg_iov = &part, .msg_iovlen = 1,
        .msg_control = &control, .msg_controllen = sizeof control};
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

/// Reads from a socket that does not block (recv(2)).
/// C because glibc's own is a cancellation point (pthreads(7)): in a process of several threads it notes in two atomic
/// writes that it may be cancelled, and that it may not any more. Nobody cancels a thread of ours.
/// Returns how many bytes were read, 0 at the end, or -1 with errno.
static inline ssize_t CLinux_receive(int socket, void *_Nullable bytes, size_t count) {
    return syscall(SYS_recvfrom, socket, bytes, count, 0, NULL, NULL);
}

/// Sends to a socket that does not block (send(2)), without a SIGPIPE. C for the same reason.
/// Returns how many bytes were taken, or -1 with errno.
static inline ssize_t CLinux_send(int socket, const void *_Nullable bytes, size_t count) {
    return syscall(SYS_sendto, socket, bytes, count, MSG_NOSIGNAL, NULL, 0);
}

/// The size of a terminal in characters (TIOCGWINSZ, ioctl_tty(2)). C because ioctl is variadic.
/// Returns 0, or -1 with errno (ENOTTY: not a terminal).
static inline int CLinux_terminal_size(int descriptor, int *rows, int *columns) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) < 0) {
        return -1;
    }
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

// MARK: - Memory

enum {
    /// A memfd's size can no longer shrink (F_SEAL_SHRINK, fcntl(2)).
    CLINUX_SEAL_SHRINK = 0x0002,
    /// A memfd's size can no longer grow (F_SEAL_GROW).
    CLINUX_SEAL_GROW = 0x0004,
    /// A memfd's content can no longer change (F_SEAL_WRITE).
    CLINUX_SEAL_WRITE = 0x0008,
    /// No further seal can be added (F_SEAL_SEAL).
    CLINUX_SEAL_SEAL = 0x0001,
};

/// Creates an anonymous, sealable, close-on-exec file in memory (memfd_create(2)). `name` shows in /proc/PID/fd only.
/// C because memfd_create and its flags are guarded by _GNU_SOURCE. Returns the descriptor, or -1 with errno.
static inline int CLinux_memory_file(const char *name) {
    const unsigned int cloexec = 1U, allow_sealing = 2U;
    return (int)syscall(SYS_memfd_create, name, cloexec | allow_sealing);
}

/// Adds CLINUX_SEAL_* to a memory file (fcntl(2) F_ADD_SEALS). C because fcntl is variadic and the constant guarded.
/// Returns 0, or -1 with errno (EPERM: sealed already; EBUSY: SEAL_WRITE while a writable mapping exists).
static inline int CLinux_add_seals(int descriptor, int seals) {
    const int f_add_seals = 1033;
    return fcntl(descriptor, f_add_seals, seals);
}

/// Reads the seals of a memory file (fcntl(2) F_GET_SEALS). C for the same reason.
/// Returns the CLINUX_SEAL_* bits, or -1 with errno (EINVAL: not a file that can be sealed).
static inline int CLinux_seals(int descriptor) {
    const int f_get_seals = 1034;
    return fcntl(descriptor, f_get_seals);
}

// MARK: - Processes

/// Opens a descriptor for a process, readable when it has ended (pidfd_open(2), Linux 5.3); it is close-on-exec.
/// C because glibc before 2.36 has no wrapper and Glibc does not show it. Returns the descriptor, or -1 with errno.
static inline int CLinux_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0U);
}

/// Sends a signal through a pidfd, so that a reused process id is never hit (pidfd_send_signal(2), Linux 5.1).
/// C for the same reason. Returns 0, or -1 with errno (ESRCH: it has ended and was reaped).
static inline int CLinux_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0U);
}

/// Reaps the child behind a pidfd when it has ended (waitid(2) with P_PIDFD, WEXITED and WNOHANG).
/// `code` is set to CLD_EXITED, CLD_KILLED or CLD_DUMPED and `status` to the exit code or the signal's number.
/// C because P_PIDFD is guarded and siginfo_t's members are macros over a union.
/// Returns 1 when it was reaped, 0 while it runs, -1 with errno (ECHILD: not a child of this process, or reaped before).
static inline int CLinux_reap(int pidfd, int *code, int *status) {
    const int p_pidfd = 3;
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid((idtype_t)p_pidfd, (id_t)pidfd, &info, WEXITED | WNOHANG) < 0) {
        return -1;
    }
    if (info.si_pid == 0) {
        return 0;
    }
    *code = info.si_code;
    *status = info.si_status;
    return 1;
}

/// Names the calling thread as ps and top show it (prctl(2) PR_SET_NAME); the kernel keeps 15 bytes of `name`.
/// C because prctl is variadic. Returns 0; cannot fail with a readable name.
static inline int CLinux_set_name(const char *name) {
    return prctl(PR_SET_NAME, (unsigned long)name, 0UL, 0UL, 0UL);
}

/// Lets other threads go before the calling one: SCHED_BATCH, nice 19, in slices of 0.2 ms where the kernel takes a wish
/// for one (sched_setattr(2) and sched(7); the slice since Linux 6.12), and the rest of this one now (sched_yield(2)).
/// Where a sandbox refuses that, nice 19 alone (setpriority(2) with a thread's id).
/// C because glibc before 2.41 has neither the function nor the structure, and gettid is guarded by _GNU_SOURCE.
static inline void CLinux_yield_to_others(void) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {48, 3 /* SCHED_BATCH */, 0, 19, 0, 200000, 0, 0};
    if (syscall(SYS_sched_setattr, 0, &attributes, 0U) < 0) {
        setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 19);
    }
    sched_yield();
}

/// Counts the CPUs the calling thread may run on (sched_getaffinity(2)), up to 8192.
/// C because cpu_set_t and its macros are guarded by _GNU_SOURCE. Returns the number, or -1 with errno.
static inline int CLinux_affinity_count(void) {
    unsigned long mask[8192 / (8 * sizeof(unsigned long))];
    memset(mask, 0, sizeof mask);
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    if (bytes < 0) {
        return -1;
    }
    int count = 0;
    for (size_t word = 0; word < sizeof mask / sizeof mask[0]; word++) {
        count += __builtin_popcountl(mask[word]);
    }
    return count;
}

/// Asks the name servers of resolv.conf(5) for the SRV records of a name (res_nquery(3)), with a state of its own and so
/// from any thread. C because the functions are macros in <resolv.h>, which is not part of the Glibc module.
/// Returns the bytes of the answer, which is a DNS message, or -1 when there is no such record or no server to ask; errno
/// does not tell which.
int CLinux_query_services(const char *name, unsigned char *answer, int size);

/// A service record of a DNS message (SRV, RFC 2782).
typedef struct {
    uint16_t priority, weight, port;
    /// Seconds.
    uint32_t lives;
} CLinux_service;

/// Bytes that a name in its presentation form has at most, with its zero (ns_name_uncompress(3)).
enum { CLinux_name_bytes = 1026 };

/// Reads the next service record of a DNS message from `index` on, which moves behind it, by libresolv (ns_initparse(3),
/// ns_parserr(3)), which checks every length and pointer. C because the functions are macros in <resolv.h>.
/// Returns 1 with the record and its target in a buffer of `CLinux_name_bytes`, 0 behind the last one, -1 when the message
/// is malformed.
int CLinux_next_service(const unsigned char *message, int length, int *index, CLinux_service *service, char *target);

#pragma clang assume_nonnull end

/// Has a signal that says that the program is broken end the process in any case, after what handled it before.
/// The Swift runtime's handler writes a backtrace and returns, to meet the broken instruction again; a signal that was sent
/// by somebody meets none, and the process would go on. C because a handler may not run Swift.
void CLinux_end_after_crash_handlers(void);

/// The variables of this process as `NAME=value` strings up to a null (environ(7)).
/// C because Swift takes the global for mutable state that threads share. Never null.
static inline char *_Nullable *_Nonnull CLinux_environment(void) {
    extern char **environ;
    return environ;
}

#endif

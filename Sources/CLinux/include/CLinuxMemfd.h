// The memory-file shims of CLinux, with the names and meanings that CLinux.h gives them: where that is, this goes.

#ifndef CLINUX_H
#define CLINUX_H

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#pragma clang assume_nonnull begin

enum {
    /// No further seal can be added (F_SEAL_SEAL).
    CLINUX_SEAL_SEAL = 0x0001,
    /// A memfd's size can no longer shrink (F_SEAL_SHRINK, fcntl(2)).
    CLINUX_SEAL_SHRINK = 0x0002,
    /// A memfd's size can no longer grow (F_SEAL_GROW).
    CLINUX_SEAL_GROW = 0x0004,
};

/// Creates an anonymous, sealable, close-on-exec file in memory (memfd_create(2)). `name` shows in /proc/PID/fd only.
/// C because memfd_create and its flags are guarded by _GNU_SOURCE. Returns the descriptor, or -1 with errno.
static inline int CLinux_memory_file(const char *name) {
    const unsigned int cloexec = 1U, allow_sealing = 2U;
    return (int)syscall(SYS_memfd_create, name, cloexec | allow_sealing);
}

/// Adds CLINUX_SEAL_* to a memory file (fcntl(2) F_ADD_SEALS). C because fcntl is variadic and the constant guarded.
/// Returns 0, or -1 with errno (EPERM: sealed already).
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

#pragma clang assume_nonnull end

#endif

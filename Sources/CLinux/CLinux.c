#include "CLinux.h"

// What is not inline in the header: functions with state of their own.

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGQUIT};
enum { CRASH_SIGNALS = sizeof crash_signals / sizeof crash_signals[0] };
static struct sigaction earlier[CRASH_SIGNALS];

static void end_after(int signal, siginfo_t *info, void *context) {
    for (int i = 0; i < CRASH_SIGNALS; i++) {
        if (crash_signals[i] != signal) continue;
        if (earlier[i].sa_flags & SA_SIGINFO) {
            if (earlier[i].sa_sigaction) earlier[i].sa_sigaction(signal, info, context);
        } else if (earlier[i].sa_handler != SIG_DFL && earlier[i].sa_handler != SIG_IGN) {
            earlier[i].sa_handler(signal);
        }
    }
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigaction(signal, &standard, NULL);
    // It waits until this handler returns, and then ends the process.
    raise(signal);
}

void CLinux_end_after_crash_handlers(void) {
    for (int i = 0; i < CRASH_SIGNALS; i++) {
        struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
        action.sa_sigaction = end_after;
        sigaction(crash_signals[i], &action, &earlier[i]);
    }
}

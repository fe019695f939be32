#include "CLinux.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

// What is not inline in the header: functions with state of their own, and those whose headers Swift is not to see.

int CLinux_query_services(const char *name, unsigned char *answer, int size) {
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) < 0) {
        return -1;
    }
    int length = res_nquery(&state, name, ns_c_in, ns_t_srv, answer, size);
    res_nclose(&state);
    return length < size ? length : size;
}

int CLinux_next_service(const unsigned char *message, int length, int *index, CLinux_service *service, char *target) {
    ns_msg parsed;
    if (ns_initparse(message, length, &parsed) < 0) return -1;
    while (*index < ns_msg_count(parsed, ns_s_an)) {
        ns_rr record;
        if (ns_parserr(&parsed, ns_s_an, (*index)++, &record) < 0) return -1;
        if (ns_rr_type(record) != ns_t_srv) continue;
        const unsigned char *data = ns_rr_rdata(record);
        if (ns_rr_rdlen(record) < 7) return -1;
        *service = (CLinux_service){
            .priority = ns_get16(data), .weight = ns_get16(data + 2), .port = ns_get16(data + 4),
            .lives = ns_rr_ttl(record),
        };
        int name =
            ns_name_uncompress(ns_msg_base(parsed), ns_msg_end(parsed), data + 6, target, CLinux_name_bytes);
        // The name is the rest of the record, and nothing is behind it.
        return name == ns_rr_rdlen(record) - 6 ? 1 : -1;
    }
    return 0;
}

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
    raise(signal);
}

void CLinux_end_after_crash_handlers(void) {
    for (int i = 0; i < CRASH_SIGNALS; i++) {
        sigaction(crash_signals[i], NULL, &earlier[i]);
        // Mask and flags stay as the Swift runtime has them: to write the backtrace it reads memory in a thread that
        // begins with this handler's mask and meets faults on its way, so these must not be blocked (SA_NODEFER).
        struct sigaction action = earlier[i];
        action.sa_flags |= SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
        action.sa_sigaction = end_after;
        sigaction(crash_signals[i], &action, NULL);
    }
}

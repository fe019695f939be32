import Glibc

/// The name of a signal number, such as "SIGKILL", "SIGRTMIN+3", or "signal 99" for one that Linux does not have.
///
/// The numbers are those of x86 and ARM, signal(7); real-time signals count from 34, where glibc's SIGRTMIN lies.
package func signalName(_ number: Int32) -> String {
    let names = [
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP",
        "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR",
        "SIGSYS",
    ]
    let index = Int(number) - 1
    if names.indices.contains(index) { return names[index] }
    switch number {
    case 34: return "SIGRTMIN"
    case 35...64: return "SIGRTMIN+\(number - 34)"
    default: return "signal \(number)"
    }
}

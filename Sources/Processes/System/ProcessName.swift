import CLinux

/// Names this process as ps, top and pgrep show it; the kernel keeps 15 bytes (prctl(2) PR_SET_NAME).
///
/// A child that was started from "/proc/self/exe" would go by the name "exe".
package func setProcessName(_ name: String) {
    _ = CLinux_set_name(name)
}

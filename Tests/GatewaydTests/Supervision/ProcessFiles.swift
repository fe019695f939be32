import Foundation
import Glibc

/// What /proc tells of processes and sockets, proc(5).
enum ProcessFiles {
    /// Whether the process is there; one that has ended and only waits to be reaped is not.
    static func isAlive(_ pid: pid_t) -> Bool {
        state(in: "/proc/\(pid)/stat").map { $0 != "Z" && $0 != "X" } ?? false
    }

    /// The processes that run a program in this folder, also one that was replaced: each with state and arguments.
    static func running(from folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(pid_t.init).compactMap { pid in
            guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe"),
                program.hasPrefix(folder + "/"),
                let arguments = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline")
            else { return nil }
            let words = arguments.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return "\(pid) \(state(in: "/proc/\(pid)/stat") ?? "?") \(words.joined(separator: " "))"
        }
    }

    /// The processes of a process group, also of one whose leader has ended: each with its name, proc_pid_stat(5).
    static func running(inGroup group: pid_t) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(pid_t.init).compactMap { pid in
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return nil }
            // State, parent, group.
            let fields = stat[end...].dropFirst(2).split(separator: " ")
            guard fields.count > 2, fields[0] != "Z", pid_t(fields[2]) == group else { return nil }
            return "\(pid) \(stat[..<end])"
        }
    }

    /// Whether a signal has stopped the process: each of its threads, since they stop one by one.
    static func isStopped(_ pid: pid_t) -> Bool {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return !threads.isEmpty && threads.allSatisfy { state(in: "/proc/\(pid)/task/\($0)/stat") == "T" }
    }

    private static func state(in file: String) -> Character? {
        guard let stat = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        // The name in parentheses may hold anything; the state follows the last one.
        return stat.lastIndex(of: ")").flatMap { stat[$0...].dropFirst(2).first }
    }

    /// The names of the variables that the process was started with.
    static func environment(of pid: pid_t) -> Set<String> {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/environ") else { return [] }
        let names = bytes.split(separator: 0).compactMap { $0.split(separator: UInt8(ascii: "=")).first }
        return Set(names.map { String(decoding: $0, as: UTF8.self) })
    }

    /// How many threads the process has.
    static func threads(of pid: pid_t) -> Int? {
        status("Threads:", of: pid)
    }

    /// The memory of the process that is in RAM.
    static func residentBytes(of pid: pid_t) -> Int? {
        status("VmRSS:", of: pid).map { $0 << 10 }
    }

    /// The number in a line of /proc/PID/status.
    private static func status(_ name: String, of pid: pid_t) -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.split(whereSeparator: \.isWhitespace).dropFirst().first ?? "") }
    }

    /// What each descriptor of the process is: a path, or such as "socket:[123]" and "anon_inode:[eventpoll]".
    static func descriptors(of pid: pid_t) -> [Int: String] {
        let directory = "/proc/\(pid)/fd"
        var result: [Int: String] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            guard let number = Int(name) else { continue }
            result[number] = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)")
        }
        return result
    }

    /// Whether the process cannot write through the descriptor.
    static func isReadOnly(_ descriptor: Int, of pid: pid_t) -> Bool? {
        flags(descriptor, of: pid).map { $0 & O_ACCMODE == O_RDONLY }
    }

    /// Whether a program that the process starts does not get the descriptor.
    static func isCloseOnExec(_ descriptor: Int, of pid: pid_t) -> Bool? {
        flags(descriptor, of: pid).map { $0 & O_CLOEXEC != 0 }
    }

    private static func flags(_ descriptor: Int, of pid: pid_t) -> Int32? {
        guard let info = try? String(contentsOfFile: "/proc/\(pid)/fdinfo/\(descriptor)", encoding: .utf8),
            let line = info.split(separator: "\n").first(where: { $0.hasPrefix("flags:") })
        else { return nil }
        return Int32(line.split(whereSeparator: \.isWhitespace).last ?? "", radix: 8)
    }

    /// A TCP socket of this machine that listens on a port.
    struct TCPListener {
        /// As `descriptors` shows it.
        var link: String
        /// Connections that wait to be accepted.
        var waiting: Int
    }

    /// The socket that listens on 127.0.0.1, and how many connections wait in its queue.
    static func listener(port: Int) -> TCPListener? {
        guard let table = whole("/proc/net/tcp") else { return nil }
        let address = "0100007F:" + String(format: "%04X", port)
        for row in table.split(separator: "\n").dropFirst() {
            let fields = row.split(separator: " ")
            // sl, local_address, rem_address, st (0A: listening), tx_queue:rx_queue, …, inode is the tenth.
            guard fields.count > 9, fields[1] == address, fields[3] == "0A" else { continue }
            let waiting = fields[4].split(separator: ":").last.flatMap { Int($0, radix: 16) }
            return TCPListener(link: "socket:[\(fields[9])]", waiting: waiting ?? 0)
        }
        return nil
    }

    /// A file of /proc to its end: Foundation stops at the first short read, which is after a page of it.
    private static func whole(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = read(descriptor, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What a process holds that it could leak.
struct Holdings: CustomStringConvertible {
    var descriptors: Int
    var residentBytes: Int

    init(of pid: pid_t) {
        descriptors = ProcessFiles.descriptors(of: pid).count
        residentBytes = ProcessFiles.residentBytes(of: pid) ?? 0
    }

    var description: String { "\(descriptors) descriptors, \(residentBytes >> 10) KiB" }
}

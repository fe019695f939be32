import CLinux
import Foundation
import Processes
import Testing

/// A page in a real, headless Chromium, spoken to by its DevTools protocol over two pipes
/// (https://chromedevtools.github.io/devtools-protocol/).
final class Chromium: Sendable {
    /// Where Debian has it; nil when it is not installed.
    static let executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private let program: Program
    private let folder: TemporaryFolder
    private let commands: Int32
    private let answers: Int32
    private let state = Locked(State())

    private struct State {
        var number = 0
        var session: String?
        var received: [UInt8] = []
        var events: [Event] = []
    }

    /// What the browser told by itself: a method, and what it is about as JSON text.
    struct Event: Sendable {
        let method: String
        let text: String
    }

    /// Starts it with an empty page.
    static func start() async throws -> Chromium {
        let chromium = try Chromium()
        try await blocking {
            let target = try chromium.call("Target.createTarget", ["url": "about:blank"])["targetId"] ?? ""
            let attached = try chromium.call("Target.attachToTarget", ["targetId": target, "flatten": true])
            chromium.state.withLock { $0.session = attached["sessionId"] as? String }
            for domain in ["Runtime", "Network", "Log", "Page"] { try chromium.call("\(domain).enable") }
        }
        return chromium
    }

    private init() throws {
        let executable = try #require(Self.executable, "chromium is not installed; make test installs it")
        folder = try TemporaryFolder()
        var to: [Int32] = [-1, -1]
        var from: [Int32] = [-1, -1]
        guard CLinux_pipe(&to) == 0, CLinux_pipe(&from) == 0 else { throw Program.Failure(call: "pipe", number: errno) }
        defer {
            close(to[0])
            close(from[1])
        }
        // It reads commands from descriptor 3 and answers on 4. As root, which CI is, it has no sandbox.
        let start = """
            exec \(executable) --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
            --remote-debugging-pipe --user-data-dir=\(folder.path) about:blank 3<&\(to[0]) 4>&\(from[1])
            """
        program = try Program("/bin/bash", ["-c", start], inheriting: [to[0], from[1]])
        (commands, answers) = (to[1], from[0])
    }

    deinit {
        // It ends when it has nobody to listen to.
        close(commands)
        program.stop()
        close(answers)
    }

    /// Sends a command and returns what it came to; what the browser tells meanwhile is kept.
    @discardableResult
    private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        try state.withLock { state in
            state.number += 1
            var message: [String: Any] = ["id": state.number, "method": method, "params": parameters]
            if let session = state.session { message["sessionId"] = session }
            var bytes = Array(try JSONSerialization.data(withJSONObject: message))
            bytes.append(0)
            guard write(commands, bytes, bytes.count) == bytes.count else {
                throw Program.Failure(call: "write to chromium", number: errno)
            }
            while true {
                let text = try next(&state)
                let answer = try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any] ?? [:]
                if answer["id"] as? Int == state.number {
                    if let error = answer["error"] { throw WaitedInVain(description: "\(method): \(error)") }
                    return answer["result"] as? [String: Any] ?? [:]
                }
                let event = Event(
                    method: answer["method"] as? String ?? "", text: String(decoding: text, as: UTF8.self))
                state.events.append(event)
            }
        }
    }

    /// The next message, which ends with a NUL.
    private func next(_ state: inout State) throws -> [UInt8] {
        while true {
            if let end = state.received.firstIndex(of: 0) {
                let message = Array(state.received[..<end])
                state.received.removeFirst(end + 1)
                return message
            }
            var waits = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
            guard poll(&waits, 1, Int32(patience.components.seconds * 1_000)) > 0 else {
                throw WaitedInVain(description: "chromium said nothing")
            }
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            let count = read(answers, &chunk, chunk.count)
            guard count > 0 else {
                throw WaitedInVain(description: "chromium is gone: \(program.errors.lines.suffix(3))")
            }
            state.received += chunk[..<count]
        }
    }

    /// Goes to a page.
    func open(_ url: String) async throws {
        try await blocking { [self] in _ = try call("Page.navigate", ["url": url]) }
    }

    /// The value of an expression in the page, as text.
    func text(_ expression: String) async throws -> String {
        try await blocking { [self] in
            let wrapped = "String((() => { try { return \(expression); } catch (e) { return 'failed: ' + e; } })())"
            let result = try call("Runtime.evaluate", ["expression": wrapped])["result"] as? [String: Any]
            return result?["value"] as? String ?? ""
        }
    }

    /// The window's size, and what the reader prefers.
    func show(width: Int, height: Int, scheme: String) async throws {
        try await blocking { [self] in
            try call(
                "Emulation.setDeviceMetricsOverride",
                ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
            try call(
                "Emulation.setEmulatedMedia", ["features": [["name": "prefers-color-scheme", "value": scheme]]])
        }
    }

    /// Has requests for such URLs fail.
    func block(_ patterns: String...) async throws {
        try await blocking { [self] in _ = try call("Network.setBlockedURLs", ["urls": patterns]) }
    }

    /// A picture of the whole page, as PNG.
    func picture() async throws -> Data {
        try await blocking { [self] in
            let picture = try call("Page.captureScreenshot", ["format": "png", "captureBeyondViewport": true])
            return Data(base64Encoded: picture["data"] as? String ?? "") ?? Data()
        }
    }

    /// What was told of by itself until now: such as `Runtime.exceptionThrown`.
    func events(_ methods: String...) -> [Event] {
        state.withLock { $0.events.filter { methods.contains($0.method) } }
    }
}

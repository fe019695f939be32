import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

extension RunningPrograms {
    /// The corpus with some of its bytes changed: a few thousand in every run of the tests, a million in `make fuzz`.
    @Suite(.serialized, .seat) struct MutationTests {
        /// `MUTATIONS` says how many, `MUTATION` which one alone.
        private static let numbers: Range<UInt64> = {
            let environment = ProcessInfo.processInfo.environment
            if let only = environment["MUTATION"].flatMap(UInt64.init) { return only..<(only + 1) }
            return 0..<(environment["MUTATIONS"].flatMap(UInt64.init) ?? 2_000)
        }()
        /// Connections at once.
        private static let lanes: UInt64 = 4

        @Test("each is answered in order and once, as another reader of HTTP counts requests, and nobody dies of it")
        func answeredOnce() async throws {
            let gateway = try await Gateway.start(
                """
                routes:
                  - { path: /ok, methods: [GET, POST, DELETE], respond: { status: 200, body: ok } }
                  - { path: /ok/*, methods: [GET], respond: { status: 200, body: ok } }
                  - { path: /probe, methods: [GET], respond: { status: 200, body: the probe } }
                """, unixSocket: true)
            let path = gateway.socketPath
            let compared = try await withThrowingTaskGroup(of: Int.self) { group in
                for lane in 0..<Self.lanes { group.addTask { try await Self.run(lane, path) } }
                return try await group.reduce(0, +)
            }
            // Else the other reader would judge nothing.
            #expect(compared >= Self.numbers.count / 5 || Self.numbers.count == 1, "\(compared) were compared")
            let stats = try await gateway.stats()
            #expect(stats.workers.first?.restarts == 0)
            #expect(try await gateway.get("/probe").body == "the probe")
        }

        /// Sends a lane's share; how many of them the other reader could judge.
        private static func run(_ lane: UInt64, _ path: String) async throws -> Int {
            try await blocking {
                var compared = 0
                let cases = RequestCase.all.filter { $0.bytes.count <= 4_096 }
                var faults = 0
                for number in numbers where number % lanes == lane && faults < 10 {
                    let mutation = Mutation(number, of: cases)
                    let answers = try Answers(to: mutation, at: path)
                    let judgement = answers.judge(beside: OtherReader(mutation.bytes))
                    if judgement.isCompared { compared += 1 }
                    guard let fault = judgement.fault else { continue }
                    faults += 1
                    Issue.record("\(fault): \(mutation)")
                }
                return compared
            }
        }
    }
}

/// What came back for bytes that were sent at once, until the gateway closed.
private struct Answers {
    /// Without interim ones.
    private var statuses: [Int] = []
    private var closes = false
    private var fault: String?

    private static let statusLine = Array("HTTP/1.1 ".utf8)
    private static let closing = Array("\r\nConnection: close\r\n".utf8)
    private static let headEnd = Array("\r\n\r\n".utf8)

    /// By memchr(3): a search in Swift takes longer than the exchange does, in a build without optimisation.
    private static func place(of piece: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.withUnsafeBytes { buffer -> Int? in
            guard let start = buffer.baseAddress else { return nil }
            var offset = 0
            while offset + piece.count <= buffer.count,
                let found = memchr(start + offset, Int32(piece[0]), buffer.count - piece.count + 1 - offset)
            {
                if memcmp(found, piece, piece.count) == 0 {
                    return bytes.startIndex + (UnsafeRawPointer(found) - start)
                }
                offset = UnsafeRawPointer(found) - start + 1
            }
            return nil
        }
    }

    init(to mutation: Mutation, at path: String) throws {
        let text = try Self.exchange(mutation.bytes, path)
        guard let text else {
            fault = "the gateway did not close"
            return
        }
        // Bodies are those of the routes, or what says a refusal, and have nothing of the kind.
        var rest = text[...]
        while let start = Self.place(of: Self.statusLine, in: rest),
            let end = Self.place(of: Self.headEnd, in: rest[start...])
        {
            let head = rest[start..<end + 2]
            rest = rest[end...]
            let status = head.dropFirst(Self.statusLine.count).prefix(3).reduce(0) { $0 * 10 + Int($1) - 0x30 }
            guard status >= 200 else { continue }
            if closes { fault = "an answer behind the last one" }
            statuses.append(status)
            closes = Self.place(of: Self.closing, in: head) != nil
        }
        if !text.isEmpty, !text.starts(with: Self.statusLine) {
            fault = "what came is no answer: \(String(decoding: text.prefix(80), as: UTF8.self))"
        }
    }

    /// What is wrong beside what another reader saw, and whether that one could tell.
    func judge(beside other: OtherReader) -> (fault: String?, isCompared: Bool) {
        if let fault { return (fault, false) }
        let requests = statuses.count(where: Self.isOfRequest)
        if requests < statuses.count {
            guard requests == statuses.count - 1, statuses.last.map(Self.isOfRequest) == false else {
                return ("an answer behind a refusal, \(statuses)", false)
            }
            if !closes { return ("a refusal that keeps the connection, \(statuses)", false) }
        }
        guard let seen = other.requests else { return (nil, false) }
        if requests > seen { return ("\(requests) answers, and another reader saw \(seen) requests", true) }
        if requests < seen, !closes {
            return ("\(requests) answers, and another reader saw \(seen) requests", true)
        }
        return (nil, true)
    }

    /// What a route answers, or its absence; all else is a refusal.
    private static func isOfRequest(_ status: Int) -> Bool { [200, 204, 404, 405].contains(status) }

    /// All that comes until the gateway closes; nil when it does not.
    private static func exchange(_ bytes: [UInt8], _ path: String) throws -> [UInt8]? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Program.Failure(call: "socket", number: errno) }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let connected = withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                connect(descriptor, $0.baseAddress, socklen_t(bytes.count))
            }
        }
        guard connected == 0 else { throw Program.Failure(call: "connect", number: errno) }
        // As short as they are, they all fit into the socket.
        guard bytes.isEmpty || send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Program.Failure(call: "send", number: errno)
        }
        shutdown(descriptor, Int32(SHUT_WR))
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EAGAIN { return nil }
            // A reset comes behind what was read, where the gateway closed without having read all.
            guard count > 0 else { return text }
            text += buffer[..<count]
        }
    }
}

/// How many whole requests SwiftNIO's decoder, which is llhttp in its strict mode, sees in the same bytes.
private struct OtherReader {
    /// Nil where it cannot say: it refuses some of the bytes, or takes them for another protocol's.
    private(set) var requests: Int?

    init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        guard !text.contains("upgrade"), !text.contains("connect ") else { return }
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        do {
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            var count = 0
            while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
                if case .end = part { count += 1 }
            }
            requests = count
        } catch {
            requests = nil
        }
    }
}

import Foundation
import Testing

extension RunningPrograms {
    /// Every way in which a call can go wrong, made for real: both lanes name it alike, and no other call suffers.
    @Suite(.serialized, .seat) struct EngineFailureTests {
        private static let ok = "HTTP/1.1 200 OK\r\n"

        private static func text(_ text: String, then end: RawEnd = .close) -> Behaviour {
            .bytes(Array(text.utf8), then: end)
        }

        private static func expectAsSaid(_ engine: TestEngine, _ cases: [CallCase]) async throws {
            try await EnginePage.start(engine, cases).expectAsSaid()
        }

        @Test("servers that cannot be reached are connect, timeout and dns", arguments: TestEngine.allCases)
        func unreachable(engine: TestEngine) async throws {
            let dead = try DeadPort()
            let hole = try FullBacklog()
            try await Self.expectAsSaid(
                engine,
                [
                    .fails("dead", "connect", url: "http://127.0.0.1:\(dead.port)"),
                    .fails("hole", "timeout", url: "http://127.0.0.1:\(hole.port)", keys: "timeout: 300ms"),
                    .fails("nowhere", "dns", url: "http://nonexistent.invalid"),
                ])
            withExtendedLifetime((dead, hole)) {}
        }

        @Test("answers that break off are reset, and those that take too long timeout", arguments: TestEngine.allCases)
        func broken(engine: TestEngine) async throws {
            let half = Self.ok + "Content-Length: 100\r\n\r\n{\"half\":"
            let chunked = Self.ok + "Transfer-Encoding: chunked\r\n\r\n7\r\n{\"half\"\r\n"
            try await Self.expectAsSaid(
                engine,
                [
                    .fails("reset_at_once", "reset", .reset),
                    .fails("reset_in_header", "reset", Self.text(Self.ok + "Content-Le", then: .reset)),
                    .fails("reset_in_body", "reset", Self.text(half, then: .reset)),
                    .fails("reset_in_chunks", "reset", Self.text(chunked, then: .reset)),
                    .fails("close_at_once", "reset", Self.text("")),
                    .fails("close_in_status", "reset", Self.text("HTTP/1.1 20")),
                    .fails("close_in_header", "reset", Self.text(Self.ok + "Content-Le")),
                    .fails("close_after_field", "reset", Self.text(Self.ok + "Content-Length: 1\r\n")),
                    .fails("close_in_body", "reset", Self.text(half)),
                    .fails("close_in_chunks", "reset", Self.text(chunked)),
                    .fails("close_before_last_chunk", "reset", Self.text(chunked + "1\r\n}\r\n")),
                    .fails("never", "timeout", .never, keys: "timeout: 300ms"),
                    .fails("stays_in_body", "timeout", Self.text(half, then: .stay), keys: "timeout: 300ms"),
                    .fails("drips", "timeout", Self.text(half, then: .drip(0x20)), keys: "timeout: 300ms"),
                    .fails("drips_header", "timeout", Self.text(Self.ok, then: .drip(0x41)), keys: "timeout: 300ms"),
                ])
        }

        @Test(
            "what is no HTTP, and what two readers could frame in two ways, is protocol", arguments: TestEngine.allCases
        )
        func malformed(engine: TestEngine) async throws {
            func head(_ name: String, _ fields: String, _ body: String = "1") -> CallCase {
                .fails(name, "protocol", Self.text(Self.ok + fields + "\r\n" + body, then: .stay))
            }
            func chunks(_ name: String, _ body: String) -> CallCase {
                head(name, "Transfer-Encoding: chunked\r\n", body)
            }
            // libcurl repairs what follows: `engine: libcurl` is for servers that need it.
            let bare = "HTTP/1.1 200 OK\nContent-Length: 1\n\n1"
            let folded = Self.ok + "X-A: b\r\n c\r\nContent-Length: 1\r\n\r\n1"
            let repaired: [CallCase] = [("bare_feed", bare), ("folded", folded)].map { name, answer in
                let behaviour = Self.text(answer)
                return engine == .auto ? .fails(name, "protocol", behaviour) : .succeeds(name, "1", behaviour)
            }
            try await Self.expectAsSaid(
                engine,
                [
                    .fails("noise", "protocol", Self.text("this is no HTTP\r\n\r\n")),
                    .fails("bare_body", "protocol", Self.text("{\"a\":1}\r\n\r\n")),
                    .fails("bad_status", "protocol", Self.text("HTTP/1.1 2x0 OK\r\n\r\n1")),
                    .fails("bad_version", "protocol", Self.text("HTTP/9.9 200 OK\r\n\r\n1")),
                    .fails("upgrade", "protocol", Self.text("HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n1", then: .stay)),
                    .fails("flood", "protocol", Self.text(Self.ok, then: .endless(Array("X-Flood: water\r\n".utf8)))),
                    .fails(
                        "long_line", "protocol",
                        Self.text(Self.ok + "X-Long: ", then: .endless(Array(repeating: 0x61, count: 4_096)))),
                    .fails(
                        "interim_flood", "protocol",
                        Self.text("", then: .endless(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)))),
                    head("two_lengths", "Content-Length: 5\r\nContent-Length: 1\r\n", "12345"),
                    head("same_lengths", "Content-Length: 1\r\nContent-Length: 1\r\n"),
                    head("length_list", "Content-Length: 1, 1\r\n"),
                    head("negative_length", "Content-Length: -1\r\n"),
                    head("signed_length", "Content-Length: +1\r\n"),
                    head(
                        "length_and_chunks", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                        "1\r\n1\r\n0\r\n\r\n"),
                    head(
                        "chunks_and_length", "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
                        "1\r\n1\r\n0\r\n\r\n"),
                    head("two_codings", "Transfer-Encoding: gzip, chunked\r\n", "1\r\n1\r\n0\r\n\r\n"),
                    chunks("bad_size", "zz\r\n1\r\n0\r\n\r\n"),
                    chunks("negative_size", "-1\r\n1\r\n0\r\n\r\n"),
                    chunks("no_size", "\r\n1\r\n0\r\n\r\n"),
                    chunks("huge_size", "fffffffffffffffff\r\n1\r\n0\r\n\r\n"),
                    chunks("long_chunk", "1\r\n12\r\n0\r\n\r\n"),
                ] + repaired)
        }

        @Test("bodies without an end, and those beyond the limit, are too_large", arguments: TestEngine.allCases)
        func large(engine: TestEngine) async throws {
            let limit = EnginePage.bodyLimit
            let chunk = Array("1000\r\n".utf8) + Array(repeating: 0x20, count: 4_096) + Array("\r\n".utf8)
            let full = "\"" + String(repeating: "x", count: limit - 2) + "\""
            let over = "\"" + String(repeating: "x", count: limit - 1) + "\""
            try await Self.expectAsSaid(
                engine,
                [
                    .succeeds("full", full, .json(full)),
                    .succeeds("full_until_close", full, Self.text(Self.ok + "\r\n" + full)),
                    .fails("over", "too_large", .json(over)),
                    .fails("over_until_close", "too_large", Self.text(Self.ok + "\r\n" + over)),
                    .fails(
                        "announced", "too_large",
                        Self.text(Self.ok + "Content-Length: \(limit + 1)\r\n\r\n", then: .stay)),
                    .fails("endless", "too_large", Self.text(Self.ok + "\r\n", then: .endless(chunk))),
                    .fails(
                        "endless_chunks", "too_large",
                        Self.text(Self.ok + "Transfer-Encoding: chunked\r\n\r\n", then: .endless(chunk))),
                ])
        }
    }
}

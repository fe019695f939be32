import Base
import FanOut
import Foundation
import HTTP
import JSON
import Policy
import TestSupport
import Testing

/// Parts that leave as they arrive, in both formats.
@Suite struct StreamedMergeTests {
    /// What a route with these calls sends, in the order in which they settle, and what it sends at the end.
    private func stream(_ calls: [Ended], as format: StreamedMerge.Format, settling order: [Int]? = nil) throws
        -> String
    {
        let (route, outcomes) = try settled(calls)
        let merge = StreamedMerge(route, as: format)
        var state = FanOutState(calls: calls.count)
        var bytes: [UInt8] = []
        for index in order ?? Array(calls.indices) {
            bytes += merge.part(index, outcomes[index])
            _ = state.settle(index, outcomes[index], isRequired: false)
        }
        return text(bytes + merge.end(state, elapsed: .milliseconds(512)))
    }

    private func settled(_ calls: [Ended]) throws -> (FanOutRoute, [Settled]) {
        let route = FanOutRoute(
            calls: try calls.map {
                Call(
                    name: $0.name, upstream: 0, target: try TargetTemplate("/", Reference.Names(parameters: [])),
                    fallback: $0.fallback.map { Array($0.utf8) })
            }, merge: .group)
        let outcomes = try calls.map { call in
            switch call.outcome {
            case .body(let body):
                let part = try #require(Part(Array(body.utf8), as: .json, needsObject: false))
                return Settled(.success(status: 200, part: part), elapsed: .milliseconds(call.ms))
            case .fails(let failure, let status):
                return Settled(.failure(failure, status: status), elapsed: .milliseconds(call.ms))
            }
        }
        return (route, outcomes)
    }

    private let calls: [Ended] = [
        .ok("user", " { \"id\" : 7 }\r\n"), .failed("orders", .timeout, ms: 500),
        Ended(name: "ads", outcome: .fails(.status, status: 503), fallback: "{\"items\":[]}"), .ok("none", ""),
    ]

    @Test("a line says how each call ended, in the order of arrival, and the last one what failed")
    func lines() throws {
        #expect(
            try stream(calls, as: .lines, settling: [3, 0, 2, 1]) == """
                {"name":"none","status":200,"ms":1.0,"body":null}
                {"name":"user","status":200,"ms":1.0,"body": { "id" : 7 }  }
                {"name":"ads","error":"status","status":503,"ms":1.0,"body":{"items":[]}}
                {"name":"orders","error":"timeout","ms":500.0}
                {"complete":false,"elapsed_ms":512.0,"failed":["orders","ads"]}

                """)
    }

    @Test("an event says how each call ended, with its name as the id, and keeps line breaks as lines")
    func events() throws {
        #expect(
            try stream(calls, as: .events) == """
                event: part
                id: user
                data: {"name":"user","status":200,"ms":1.0,"body": { "id" : 7 }
                data: }

                event: part
                id: orders
                data: {"name":"orders","error":"timeout","ms":500.0}

                event: part
                id: ads
                data: {"name":"ads","error":"status","status":503,"ms":1.0,"body":{"items":[]}}

                event: part
                id: none
                data: {"name":"none","status":200,"ms":1.0,"body":null}

                event: end
                data: {"complete":false,"elapsed_ms":512.0,"failed":["orders","ads"]}


                """)
    }

    @Test("an answer to which no call failed is complete; a call that was not waited for failed")
    func end() throws {
        #expect(
            try stream([.ok("a", "1")], as: .lines).hasSuffix(
                "\n{\"complete\":true,\"elapsed_ms\":512.0,\"failed\":[]}\n"))
        #expect(
            try stream([.ok("a", "1"), .ok("b", "2")], as: .lines, settling: [1])
                .hasSuffix("\n{\"complete\":false,\"elapsed_ms\":512.0,\"failed\":[\"a\"]}\n"))
    }

    @Test("the head names the format, and tells proxies to pass parts on at once")
    func head() throws {
        let head = StreamedMerge(try settled([]).0, as: .events).head(requestID: "r1")
        #expect(head.status == 200)
        #expect(
            head.lines == [
                "Content-Type: text/event-stream", "X-Request-Id: r1", "Cache-Control: no-store",
                "X-Accel-Buffering: no",
            ])
        #expect(StreamedMerge.Format.lines.contentType == "application/x-ndjson")
    }

    // MARK: Generated

    @Test(
        "whatever bodies there are, a reader of lines finds one for each call, with the body's bytes but for line breaks"
    )
    func generatedLines() throws {
        var random = SeededGenerator(seed: 41)
        for _ in 0..<300 {
            let (calls, bodies) = generated(&random)
            let lines = try stream(calls, as: .lines).split(separator: "\n", omittingEmptySubsequences: false)
            try #require(lines.count == calls.count + 2 && lines.last == "")
            for (index, line) in lines.prefix(calls.count).enumerated() {
                let expected = String(
                    String.UnicodeScalarView(bodies[index].unicodeScalars.map { Self.isBreak($0) ? " " : $0 }))
                #expect(line == Self.part(calls[index].name, body: expected))
                #expect(SecondJudge.accepts(SecondJudge.withoutStrictness(Array(line.utf8))))
            }
        }
    }

    @Test("whatever bodies there are, a reader of events as HTML has them gets each one with its line breaks")
    func generatedEvents() throws {
        var random = SeededGenerator(seed: 42)
        for _ in 0..<300 {
            let (calls, bodies) = generated(&random)
            let events = EventReader.events(in: try stream(calls, as: .events))
            try #require(events.map(\.type) == calls.map { _ in "part" } + ["end"])
            for (index, event) in events.prefix(calls.count).enumerated() {
                #expect(event.id == calls[index].name)
                let body = EventReader.lines(of: bodies[index]).joined(separator: "\n")
                #expect(event.data == Self.part(calls[index].name, body: body))
            }
            #expect(events.last?.data == "{\"complete\":true,\"elapsed_ms\":512.0,\"failed\":[]}")
        }
    }

    /// Calls and their bodies, in which line breaks of all kinds stand between tokens.
    private func generated(_ random: inout SeededGenerator) -> (calls: [Ended], bodies: [String]) {
        let breaks = ["", "\n", "\r", "\r\n", "\n\n", "\r\r\n", "\n\r", " \n ", "\t"]
        let bodies = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            "\(random.pick(breaks))[\(random.pick(breaks))\(random.json()),\(random.pick(breaks))1]\(random.pick(breaks))"
        }
        return (bodies.enumerated().map { .ok("call-\($0)", $1) }, bodies)
    }

    private static func part(_ name: String, body: String) -> String {
        "{\"name\":\"\(name)\",\"status\":200,\"ms\":1.0,\"body\":\(body)}"
    }

    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }
}

/// Reads server-sent events line by line, as https://html.spec.whatwg.org/multipage/server-sent-events.html interprets them.
private struct EventReader {
    struct Event {
        var type: String
        var data: String
        var id: String
    }

    /// What stands between line breaks: CR LF, or one of them.
    static func lines(of text: String) -> [String] {
        var lines = [""]
        var last: Unicode.Scalar?
        // By scalar, since CR LF is one character otherwise.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where last == "\r": break
            case "\n", "\r": lines.append("")
            default: lines[lines.count - 1].unicodeScalars.append(scalar)
            }
            last = scalar
        }
        return lines
    }

    static func events(in text: String) -> [Event] {
        var events: [Event] = []
        var event = Event(type: "", data: "", id: "")
        for line in lines(of: text).dropLast() {
            guard !line.isEmpty else {
                if !event.data.isEmpty {
                    event.data.removeLast()
                    events.append(event)
                }
                // The id stays until another comes.
                event.type = ""
                event.data = ""
                continue
            }
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            var value = parts.count > 1 ? parts[1] : ""
            if value.hasPrefix(" ") { value.removeFirst() }
            switch parts[0] {
            case "event": event.type = String(value)
            case "data": event.data += value + "\n"
            case "id": event.id = String(value)
            default: break
            }
        }
        return events
    }
}

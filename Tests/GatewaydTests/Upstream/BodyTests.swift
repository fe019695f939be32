import Foundation
import Testing

extension RunningPrograms {
    /// What a call takes for its body: kinds, statuses and sizes, alike on both lanes.
    @Suite(.serialized, .seat) struct BodyTests {
        @Test(
            "json, text and base64 are put into the answer as they are, escaped and encoded",
            arguments: TestEngine.allCases)
        func kinds(engine: TestEngine) async throws {
            let binary: [UInt8] = [0x00, 0xFF, 0x80, 0x0A, 0x22]
            let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n".utf8)
            let page = try await EnginePage.start(
                engine,
                [
                    .succeeds("json", #"{"a":[1,2]}"#, .json(#" {"a":[1,2]} "#)),
                    .succeeds("text", #""say \"hi\"\nö""#, .status(200, "say \"hi\"\nö"), keys: "as: text"),
                    .succeeds("base64", #""AP+ACiI=""#, .bytes(head + binary, then: .close), keys: "as: base64"),
                    .fails("no_json", "invalid_json", .status(200, "hi")),
                    .fails("no_text", "invalid_json", .bytes(head + binary, then: .close), keys: "as: text"),
                    .succeeds("no_content", "null", .status(204, "")),
                    .succeeds("empty", "null", .status(200, "")),
                    .succeeds("empty_text", "null", .status(200, ""), keys: "as: text"),
                ])
            try await page.expectAsSaid()
        }

        @Test("statuses that a call expects are successes, and no others", arguments: TestEngine.allCases)
        func statuses(engine: TestEngine) async throws {
            let moved = "HTTP/1.1 302 Found\r\nLocation: /good0\r\nContent-Length: 1\r\n\r\n1"
            let page = try await EnginePage.start(
                engine,
                [
                    .succeeds("missing", "2", .status(404, "2"), keys: "expect_status: [200-204, 404]"),
                    .succeeds("broken", "3", .status(503, "3"), keys: "expect_status: 500-599"),
                    .succeeds("created", "4", .status(201, "4")),
                    .fails("unwanted", "status", .json("1"), keys: "expect_status: 404"),
                    .fails("usual", "status", .status(404, "2")),
                    .fails("moved", "status", .bytes(Array(moved.utf8), then: .close)),
                    .succeeds(
                        "moved_and_wanted", "1", .bytes(Array(moved.utf8), then: .close), keys: "expect_status: 302"),
                ])
            try await page.expectAsSaid()
            // Redirects are answers like others: nobody followed them.
            #expect(page.upstream.requests("/good0").count == 2)
        }

        @Test("a call's own limit of its body goes before the gateway's", arguments: TestEngine.allCases)
        func limits(engine: TestEngine) async throws {
            let ten = "\"12345678\""
            let large = "\"" + String(repeating: "x", count: 2 * EnginePage.bodyLimit) + "\""
            let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\"1234\r\n5\r\n5678\"\r\n0\r\n\r\n"
            let page = try await EnginePage.start(
                engine,
                [
                    .succeeds("fits", ten, .json(ten), keys: "max_body: 10"),
                    .fails("over", "too_large", .json(ten), keys: "max_body: 9"),
                    .succeeds("chunks_fit", ten, .bytes(Array(chunked.utf8), then: .close), keys: "max_body: 10"),
                    .fails("chunks_over", "too_large", .bytes(Array(chunked.utf8), then: .close), keys: "max_body: 9"),
                    .succeeds("roomy", large, .json(large), keys: "max_body: 1MiB"),
                    .fails("large", "too_large", .json(large)),
                    .fails("large_error", "too_large", .status(500, large)),
                ])
            try await page.expectAsSaid()
        }
    }
}

import Foundation
import Testing

extension RunningPrograms {
    /// Bodies with a content coding, which nobody asked for: both lanes have them decoded.
    @Suite(.serialized, .seat) struct CodedBodyTests {
        /// `"gzip"` and `"brotli"`.
        private static let gzip = Data(base64Encoded: "H4sIAAAAAAAAA1NKr8osUAIAhiZvaQYAAAA=").map(Array.init) ?? []
        private static let brotli: [UInt8] = [0x8B, 0x03, 0x80] + Array("\"brotli\"".utf8) + [0x03]
        /// 10 MiB of `0`.
        private static let brotliBomb: [UInt8] = [
            0xCB, 0xFF, 0xFF, 0x3F, 0xF8, 0x25, 0x60, 0xE2, 0xB1, 0x40, 0x20, 0xF7, 0xFE, 0x2F, 0xFF, 0xFF, 0x3F, 0xF0,
            0x4B, 0x00, 0xC4, 0x61, 0x11, 0x80, 0xEE, 0xFD, 0x07,
        ]

        private static func coded(_ coding: String, _ body: [UInt8], then end: RawEnd = .close) -> Behaviour {
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n"
            return .bytes(Array(head.utf8) + body, then: end)
        }

        /// 10 MiB of zeros in 10 KiB.
        private static func gzipBomb() async throws -> [UInt8] {
            let folder = try TemporaryFolder()
            let file = "\(folder.path)/bomb.gz"
            let made = try await Program.run("/bin/sh", "-c", "head -c 10485760 /dev/zero | gzip -9n > \(file)")
            try #require(made.exitCode == 0, "\(made.errors)")
            return try Array(Data(contentsOf: URL(fileURLWithPath: file)))
        }

        @Test(
            "they are decoded, refused where they are broken, and stopped at the limit", arguments: TestEngine.allCases)
        func decoded(engine: TestEngine) async throws {
            let bomb = try await Self.gzipBomb()
            #expect(bomb.count < (16 << 10))
            let page = try await EnginePage.start(
                engine,
                [
                    .succeeds("gzip", "\"gzip\"", Self.coded("gzip", Self.gzip)),
                    .succeeds("x_gzip", "\"gzip\"", Self.coded("x-gzip", Self.gzip)),
                    .succeeds("brotli", "\"brotli\"", Self.coded("br", Self.brotli)),
                    .succeeds("identity", "1", Self.coded("identity", [0x31])),
                    .fails("bad_gzip", "protocol", Self.coded("gzip", Array("{\"no\":\"gzip\"}".utf8))),
                    .fails("bad_brotli", "protocol", Self.coded("br", Array("{\"no\":\"brotli\"}".utf8))),
                    .fails("broken_gzip", "protocol", Self.coded("gzip", Self.gzip.dropLast(6) + [1, 2, 3, 4, 5, 6])),
                    .fails("cut_gzip", "reset", Self.cut(Self.gzip)),
                    .fails("unknown", "protocol", Self.coded("rot13", Array("1".utf8))),
                    .fails("gzip_bomb", "too_large", Self.coded("gzip", bomb)),
                    .fails("brotli_bomb", "too_large", Self.coded("br", Self.brotliBomb)),
                ])
            try await page.expectAsSaid()
        }

        /// The connection ends before the body does.
        private static func cut(_ body: [UInt8]) -> Behaviour {
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n"
            return .bytes(Array(head.utf8) + body.dropLast(6), then: .close)
        }

        @Test("with compression: true they are asked for", arguments: TestEngine.allCases)
        func askedFor(engine: TestEngine) async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/gzip", Self.coded("gzip", Self.gzip))
            let gateway = try await Gateway.start(
                """
                upstreams:
                  asks: { servers: ["\(upstream.url)"], engine: \(engine), compression: true }
                  not: { servers: ["\(upstream.url)"], engine: \(engine) }
                routes:
                  - { path: /asks, fan_out: [{ name: one, upstream: asks, path: /gzip }] }
                  - { path: /not, fan_out: [{ name: one, upstream: not, path: /plain }] }
                """)
            #expect(try await gateway.get("/asks").body == #"{"one":"gzip"}"#)
            #expect(upstream.requests("/gzip").first?.header("Accept-Encoding") == "gzip, br")
            upstream.on("/plain", .json("1"))
            #expect(try await gateway.get("/not").body == #"{"one":1}"#)
            #expect(upstream.requests("/plain").first?.header("Accept-Encoding") == nil)
        }
    }
}

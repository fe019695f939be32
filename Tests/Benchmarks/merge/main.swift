import FanOut
import Foundation
import HTTP
import Policy

// Measures how fast bodies are checked and merged, beside Foundation's decoding and encoding; prints one line of JSON.

/// The way of five bodies through a route, as the worker goes it once all have come.
func answer(_ route: FanOutRoute, _ bodies: [[UInt8]]) -> Answer {
    var state = FanOutState(calls: bodies.count)
    for index in bodies.indices {
        let part = Part(bodies[index], as: .json, needsObject: route.mergeTraits.needsObjects)
        let outcome = part.map { Outcome.success(status: 200, part: $0) } ?? .failure(.invalidJSON, status: 200)
        _ = state.settle(index, Settled(outcome, elapsed: .microseconds(1_234 * index)), isRequired: false)
    }
    return Answer(route, state, elapsed: .microseconds(9_876), requestID: "0123456789abcdef0123456789abcdef")
}

func route(_ merge: MergeMode) throws -> FanOutRoute {
    let target = try TargetTemplate("/", Reference.Names(parameters: []))
    return FanOutRoute(
        calls: ["user", "orders", "prices", "stock", "reviews"].map { Call(name: $0, upstream: 0, target: target) },
        merge: merge)
}

/// What one would write without a merge of our own: decode all, put them under their names or together, encode.
func decodeAndEncode(_ route: FanOutRoute, _ bodies: [Data]) throws -> Data {
    var merged: [String: Any] = [:]
    for (call, body) in zip(route.calls, bodies) {
        let value = try JSONSerialization.jsonObject(with: body)
        if route.merge == .group {
            merged[call.name] = value
        } else if let object = value as? [String: Any] {
            merged.merge(object) { $1 }
        }
    }
    return try JSONSerialization.data(withJSONObject: merged)
}

/// Keeps the optimiser from leaving out what is measured.
nonisolated(unsafe) var kept = 0  // Written by the only thread there is.

func measure() throws -> [(String, Double)] {
    var source = Bodies()
    let large = (0..<5).map { source.page($0, bytes: 1 << 20, gap: $0 == 4 ? " " : "") }
    let small = (0..<5).map { _ in
        Array(#"{"id":4711,"name":"Ada Lovelace","tags":["a","b","c"],"score":12.5,"active":true,"#.utf8)
            + Array(#""address":{"city":"Köln","zip":"50667"},"note":"a \"quoted\" word and some more","#.utf8)
            + Array(#""next":null,"count":12345}"#.utf8)
    }
    let data = large.map { Data($0) }
    let bytes = large.reduce(0) { $0 + $1.count }
    let (group, object) = (try route(.group), try route(.object))
    let grouped = Rounds { kept &+= answer(group, large).response.body.count }
    let joined = Rounds { kept &+= answer(object, large).response.body.count }
    let pages = 2_000
    let page = Rounds { for _ in 0..<pages { kept &+= answer(group, small).response.body.count } }
    let objectPage = Rounds { for _ in 0..<pages { kept &+= answer(object, small).response.body.count } }
    let prose = source.prose(bytes: 1 << 20)
    let text = Rounds { kept &+= Part(prose, as: .text, needsObject: false)?.json.count ?? 0 }
    let base64 = Rounds { kept &+= Part(prose, as: .base64, needsObject: false)?.json.count ?? 0 }
    let foundation = Rounds { kept &+= (try? decodeAndEncode(group, data).count) ?? 0 }
    let foundationObject = Rounds { kept &+= (try? decodeAndEncode(object, data).count) ?? 0 }
    return [
        ("bytes", Double(bytes)), ("seconds", grouped.median), ("mb_per_second", grouped.rate(of: bytes)),
        ("foundation_mb_per_second", foundation.rate(of: bytes)),
        ("object_mb_per_second", joined.rate(of: bytes)),
        ("foundation_object_mb_per_second", foundationObject.rate(of: bytes)),
        ("text_mb_per_second", text.rate(of: prose.count)), ("base64_mb_per_second", base64.rate(of: prose.count)),
        ("small_ns_per_page", page.median / Double(pages) * 1e9),
        ("small_object_ns_per_page", objectPage.median / Double(pages) * 1e9),
    ]
}

let figures = try measure().map { name, value in
    "\"\(name)\":" + (name == "seconds" ? String(format: "%.6f", value) : String(format: "%.0f", value))
}
print("{" + figures.joined(separator: ",") + "}")

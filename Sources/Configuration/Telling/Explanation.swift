import Base
import FanOut
package import HTTP

/// What a request would do, told without doing it: `gatewayd explain METHOD URL`.
package enum Explanation {
    /// Lines on the route, its calls with their targets filled in, the time budget, and what is forwarded and merged.
    ///
    /// - Throws: Why the request gets no further, with the status that it would be answered with.
    package static func of(_ request: Request, in configuration: Configuration) throws(Refusal) -> String {
        guard let target = RequestTarget(request.target) else {
            throw Refusal(status: 400, reason: "the target is no path that can be read")
        }
        let table = RouteTable(configuration.routes)
        switch table.lookUp(method: request.method, segments: target.segments) {
        case .notFound: throw Refusal(status: 404, reason: "no route has this path")
        case .methodNotAllowed(let allow):
            throw Refusal(
                status: 405, reason: "the path takes \(allow.joined(separator: ", ")), not \(request.method)")
        case .found(let index, let captures):
            let route = configuration.routes[index]
            var lines = ["route    \(route.methods.joined(separator: ",")) \(route.path.text)"]
            for (name, value) in zip(route.path.parameters, captures) { lines.append("  {\(name)} = \(value)") }
            lines.append("time     \(route.timeout.configurationText) for the whole")
            if let access = route.access { lines.append("who may  " + access.traits.joined(separator: ", ")) }
            lines += try action(route, request, target, captures, configuration)
            return lines.joined(separator: "\n")
        }
    }

    /// A request that would not come to its route's calls.
    package struct Refusal: Error, Equatable {
        package let status: Int
        package let reason: String
    }

    private static func action(
        _ route: Route, _ request: Request, _ target: RequestTarget, _ captures: [String],
        _ configuration: Configuration
    ) throws(Refusal) -> [String] {
        switch route.action {
        case .respond(let response): return ["answer   \(response.status), as the file has it"]
        case .proxy(let proxy):
            let path = proxy.target(of: request, target, captures: captures, requestID: "REQUEST-ID") ?? []
            let name = configuration.upstreams[proxy.upstream].name
            return ["proxy    to \(name): \(request.method) \(String(decoding: path, as: UTF8.self))"]
        case .batch(let batch): return ["batch    of at most \(batch.max) URLs from the request's body"]
        case .fanOut(let fanOut):
            let plan: FanOutPlan
            do throws(PlanError) {
                plan = try FanOutPlan(
                    fanOut, captures: captures, target: target, requestID: "REQUEST-ID",
                    request: request)
            } catch {
                throw Refusal(status: 400, reason: error.message)
            }
            let timeouts = fanOut.timeouts(within: route.timeout)
            let calls = fanOut.calls.indices.flatMap {
                call($0, of: fanOut, plan, within: timeouts[$0], configuration)
            }
            return ["calls    those without 'after' at once, the others as soon as what they wait for is there"] + calls
                + ["merge    \(fanOut.merge.rawValue): \(fanOut.calls.map(\.name).joined(separator: ", "))"]
                + (fanOut.quorum > 0 ? ["quorum   \(fanOut.quorum) successes are enough"] : [])
        }
    }

    private static func call(
        _ index: Int, of route: FanOutRoute, _ plan: FanOutPlan, within timeout: Duration,
        _ configuration: Configuration
    ) -> [String] {
        let call = route.calls[index]
        let upstream = configuration.upstreams[call.upstream]
        let planned = plan.call(index)
        let target = planned.map { String(decoding: $0.target, as: UTF8.self) } ?? call.target.text
        let method = planned?.message?.method ?? call.request.map { $0.method ?? "the request's method" } ?? "GET"
        let after = call.inputs.map { route.calls[$0].name }.joined(separator: ", ")
        let traits = [
            "within \(timeout.configurationText)", call.isRequired ? "required" : nil,
            after.isEmpty ? nil : "after \(after)", call.fallback == nil ? nil : "with a fallback",
        ]
        var lines = [
            "  \(call.name): \(method) \(target) at \(upstream.servers.map(\.text).joined(separator: " or ")), "
                + traits.compactMap(\.self).joined(separator: ", ")
        ]
        guard let message = planned?.message else { return lines }
        for line in message.fields.split(separator: 0x0A) {
            lines.append("    sends " + String(decoding: line.dropLast(), as: UTF8.self))
        }
        if let body = message.body { lines.append("    sends a body of \(body.count) bytes") }
        return lines
    }
}

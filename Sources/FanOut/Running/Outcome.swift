import Base
import JSON
package import Policy

/// What became of one call.
package enum Outcome: Sendable, Equatable {
    /// 2xx with a body that the call accepts.
    case success(status: Int, part: Part)
    /// The status is there when the upstream's answer was, and was the reason or not.
    case failure(Failure, status: Int?)
}

/// An outcome and when it came, from the start of the fan-out.
package struct Settled: Sendable, Equatable {
    package var outcome: Outcome
    package var elapsed: Duration

    package init(_ outcome: Outcome, elapsed: Duration) {
        self.outcome = outcome
        self.elapsed = elapsed
    }

    /// Why it failed, nil when it did not.
    package var failure: Failure? {
        if case .failure(let failure, _) = outcome { failure } else { nil }
    }

    /// Of the upstream's answer; nil where there was none.
    package var status: Int? {
        switch outcome {
        case .success(let status, _): status
        case .failure(_, let status): status
        }
    }

    /// The members that say how a call ended, without braces: `"error"` for a failure, the status where there is one.
    func write(to bytes: inout [UInt8]) {
        switch outcome {
        case .success(let status, _):
            bytes.append("\"status\":")
            JSONText.append(status, to: &bytes)
        case .failure(let failure, let status):
            bytes.append("\"error\":\"")
            bytes.append(contentsOf: failure.name.utf8)
            bytes.append(UInt8(ascii: "\""))
            if let status {
                bytes.append(",\"status\":")
                JSONText.append(status, to: &bytes)
            }
        }
        bytes.append(",\"ms\":")
        JSONText.append(milliseconds: elapsed, to: &bytes)
    }
}

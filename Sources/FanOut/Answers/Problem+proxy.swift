package import HTTP
package import Policy

extension Problem {
    /// What a client gets where the upstream of a proxy route gave no answer.
    package init(proxyFailure failure: Failure, requestID: String) {
        switch failure {
        case .timeout: self.init(504, "The upstream did not answer in time.", requestID: requestID)
        case .overloaded, .circuitOpen, .shed:
            self.init(503, "The upstream cannot be asked now: \(failure.name).", requestID: requestID)
        default: self.init(502, "The upstream gave no answer: \(failure.name).", requestID: requestID)
        }
    }
}

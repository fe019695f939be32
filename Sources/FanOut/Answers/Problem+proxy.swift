package import HTTP
package import Policy

extension Problem {
    /// What a client gets where the upstream of a proxy route gave no answer.
    package init(proxyFailure failure: Failure, requestID: String) {
        let traits = failure.traits
        let detail =
            switch traits.status {
            case 504: "The upstream did not answer in time."
            case 503: "The upstream cannot be asked now: \(traits.word)."
            default: "The upstream gave no answer: \(traits.word)."
            }
        self.init(traits.status, detail, requestID: requestID)
    }
}

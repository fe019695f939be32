package import HTTP

extension RateLimit.Key {
    /// What a request's bucket is told apart by, empty where all requests share one.
    package func text(of request: Request, _ trusted: TrustedProxies) -> String {
        switch self {
        case .route: ""
        case .client: trusted.client(of: request)
        case .apiKey: request.keyName ?? ""
        case .header(let name): request.fields.all(name.lowercased()).first ?? ""
        }
    }
}

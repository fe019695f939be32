import FanOut

/// What is known of a route before its calls are read.
struct CallScope {
    /// The route's, whose parameters the calls may use; nil when it could not be read.
    var path: PathTemplate?
    var timeout: Duration?
    /// The names of all its calls, in their order.
    var calls: [String]
}

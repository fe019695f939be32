package import Policy

/// A count for each class of status, 1xx to 5xx.
package struct ClassCounts: Sendable, Equatable {
    /// How many classes there are.
    static let count = 5

    private var values = [UInt64](repeating: 0, count: count)

    package init() {}

    /// The count of a class by its place: 0 for 1xx.
    package subscript(_ place: Int) -> UInt64 {
        get { values[place] }
        set { values[place] = newValue }
    }

    /// What the words from there on hold.
    init(_ memory: SharedWords, at start: Int) {
        for place in values.indices { values[place] = memory.load(start + place) }
    }

    /// All classes together.
    package var total: UInt64 { values.reduce(0, &+) }

    /// Each class by its name, in order.
    var named: [(name: String, count: UInt64)] { values.enumerated().map { ("\($0 + 1)xx", $1) } }

    /// Adds what `other` counted.
    package mutating func merge(_ other: Self) {
        for place in values.indices { values[place] &+= other.values[place] }
    }
}

/// A count for each kind of failure, by its raw value.
package struct FailureCounts: Sendable, Equatable {
    private var values = [UInt64](repeating: 0, count: Failure.allCases.count)

    package init() {}

    /// What the words from there on hold.
    init(_ memory: SharedWords, at start: Int) {
        for failure in Failure.allCases { self[failure] = memory.load(start + Int(failure.rawValue)) }
    }

    package subscript(_ failure: Failure) -> UInt64 {
        get { values[Int(failure.rawValue)] }
        set { values[Int(failure.rawValue)] = newValue }
    }

    /// Adds what `other` counted.
    package mutating func merge(_ other: Self) {
        for place in values.indices { values[place] &+= other.values[place] }
    }
}

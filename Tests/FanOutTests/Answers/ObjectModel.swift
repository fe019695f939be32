import FanOut
import TestSupport

/// An object as a list of members, and the `object` merge of such lists: slow, and plain enough to be right by reading.
struct ObjectModel {
    /// A value that merges look into, or any other as text.
    indirect enum Value {
        case object(ObjectModel)
        case array([String])
        case other(String)

        var json: String {
            switch self {
            case .object(let object): object.json
            case .array(let elements): "[" + elements.joined(separator: ",") + "]"
            case .other(let text): text
            }
        }
    }

    struct Member {
        /// As it is written, without quotes, and what that stands for.
        var written: String
        var name: String
        var value: Value
    }

    var members: [Member] = []

    var json: String {
        "{" + members.map { "\"\($0.written)\":\($0.value.json)" }.joined(separator: ",") + "}"
    }

    /// Where a key first appears it stays; of a key that one object carries twice the last value counts.
    private var distinct: ObjectModel {
        var result = ObjectModel()
        for member in members {
            if let index = result.index(of: member.name) {
                result.members[index].value = member.value
            } else {
                result.members.append(member)
            }
        }
        return result
    }

    private func index(of name: String) -> Int? { members.firstIndex { $0.name == name } }

    static func merge(_ objects: [ObjectModel], _ rule: ConflictRule) -> ObjectModel {
        var result = ObjectModel()
        for object in objects.map(\.distinct) {
            // The later call fails as a whole.
            if rule == .error, object.members.contains(where: { result.index(of: $0.name) != nil }) { continue }
            for member in object.members {
                if let index = result.index(of: member.name) {
                    result.members[index].value = combine(result.members[index].value, member.value, rule)
                } else {
                    result.members.append(member)
                }
            }
        }
        return result
    }

    private static func combine(_ first: Value, _ last: Value, _ rule: ConflictRule) -> Value {
        switch (rule, first, last) {
        case (.first, _, _): first
        case (.deep, .object(let a), .object(let b)): .object(merge([a, b], .deep))
        case (.append, .array(let a), .array(let b)): .array(a + b)
        default: last
        }
    }
}

extension SeededGenerator {
    /// An object with few keys, so that they meet; some are written with escapes, some appear twice.
    mutating func objectModel(depth: Int = 3) -> ObjectModel {
        let keys = [
            ("a", "a"), ("\\u0061", "a"), ("b", "b"), ("é", "é"), ("\\u00e9", "é"), ("", ""), ("long key", "long key"),
            ("\\ud83d\\ude00", "😀"), ("😀", "😀"), ("\\\"", "\""), ("k1", "k1"), ("k2", "k2"), ("k3", "k3"),
        ]
        return ObjectModel(
            members: (0..<Int.random(in: 0...6, using: &self)).map { _ in
                let (written, name) = pick(keys)
                return ObjectModel.Member(written: written, name: name, value: valueModel(depth: depth))
            })
    }

    private mutating func valueModel(depth: Int) -> ObjectModel.Value {
        switch Int.random(in: 0..<6, using: &self) {
        case 0,
            1 where depth > 0:
            .object(objectModel(depth: depth - 1))
        case 2, 3:
            .array((0..<Int.random(in: 0...3, using: &self)).map { _ in pick(["1", "\"]\"", "{\"a\":[]}", "[ 2 ]"]) })
        default: .other(pick(["null", "1e2", "\"{\"", "true", "\"\\n\""]))
        }
    }
}

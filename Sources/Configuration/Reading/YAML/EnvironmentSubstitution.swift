/// `${NAME}` and `${NAME:-default}` in a scalar, after YAML was parsed, so that no value can change the file's structure.
///
/// As in a shell, the default stands in for a variable that is unset or empty. `$${` is a literal `${`.
struct EnvironmentSubstitution {
    /// What is wrong with a reference, and where in the text.
    struct Failure: Error, Equatable {
        /// One sentence without a full stop.
        var message: String
        /// In UTF-8 bytes from the start of the text.
        var offset: Int
    }

    var environment: [String: String]

    /// The text with the values put in; values themselves are not looked at again.
    func expand(_ text: String) throws(Failure) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let rest = bytes[index...]
            if rest.starts(with: Array("$${".utf8)) {
                result += Array("${".utf8)
                index += 3
            } else if rest.starts(with: Array("${".utf8)) {
                guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else {
                    throw Failure(message: "'${' without '}'; '$${' is a literal '${'", offset: index)
                }
                let reference = String(decoding: bytes[(index + 2)..<close], as: UTF8.self)
                result += Array(try value(of: reference, offset: index).utf8)
                index = close + 1
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private func value(of reference: String, offset: Int) throws(Failure) -> String {
        let parts = reference.split(separator: ":-", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        guard Self.isVariableName(name) else {
            throw Failure(
                message: "'${\(reference)}' names no environment variable: ${NAME} or ${NAME:-default}, "
                    + "of letters, digits and '_'; '$${' is a literal '${'", offset: offset)
        }
        let value = environment[name]
        if parts.count == 2 {
            guard let value, !value.isEmpty else { return String(parts[1]) }
            return value
        }
        guard let value else {
            throw Failure(
                message: "the environment variable '\(name)' is not set; '${\(name):-default}' would give it a default",
                offset: offset)
        }
        return value
    }

    /// Letters, digits and `_`, not starting with a digit (POSIX, Base Definitions 3.216).
    private static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
            default: false
            }
        }
    }
}

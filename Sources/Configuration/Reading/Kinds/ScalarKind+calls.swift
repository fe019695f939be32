import Base
import FanOut
import JSON

extension ScalarKind where Value == TextTemplate {
    /// The value of a field that a call sends.
    static func textTemplate(_ names: Reference.Names) -> Self {
        let wanted = "text, with {name} for values"
        return ScalarKind(wanted: wanted) { text throws(Refusal) in
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw Refusal(wanted: "text without control characters")
            }
            do throws(TextError) {
                return try TextTemplate(text, names)
            } catch {
                throw Refusal(wanted: wanted, hint: "; \(error.message)", offset: error.offset)
            }
        }
    }
}

extension ScalarKind where Value == String {
    /// The value of a field, which is one line.
    static var fieldText: Self {
        ScalarKind(wanted: "text without control characters") { text throws(Refusal) in
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw Refusal(wanted: "text without control characters")
            }
            return text
        }
    }
}

extension ScalarKind where Value == JSONPath {
    /// A place in a body, which is not the whole of it.
    static var jsonPath: Self {
        let wanted = "a place in a body, such as /cart/items or cart.items"
        return ScalarKind(wanted: wanted, type: "place") { text throws(Refusal) in
            guard !text.isEmpty else { throw Refusal(wanted: wanted) }
            do throws(TextError) {
                return try JSONPath(text)
            } catch {
                throw Refusal(wanted: wanted, hint: "; \(error.message)", offset: error.offset)
            }
        }
    }
}

extension ScalarKind where Value == Int {
    /// The final status of an answer (RFC 9110 section 15).
    static var status: Self {
        let wanted = "a status from 200 to 599"
        return ScalarKind(wanted: wanted, type: "200 to 599", schema: .integer(200...599)) { text throws(Refusal) in
            guard let status = Int(text), (200...599).contains(status) else { throw Refusal(wanted: wanted) }
            return status
        }
    }
}

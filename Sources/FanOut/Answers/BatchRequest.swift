package import HTTP
import JSON

/// What a caller posts to a batch route: `{"urls": ["http://…"], "preview": 50}`.
package struct BatchRequest: Sendable, Equatable {
    /// One of the URLs, as it was written and as it was understood.
    package struct Item: Sendable, Equatable {
        package var text: String
        /// Nil when it is none.
        package var url: HTTPURL?
    }

    /// Bytes of each body to show where the caller does not say.
    package static let standardPreview = 50

    package var items: [Item] = []
    package var preview = standardPreview

    /// Reads a request's body; throws what is wrong with it.
    package init(_ body: [UInt8], max: Int) throws(BatchError) {
        guard let document = Self.document(body), case .object(let members) = document else {
            throw BatchError(message: "The body is to be a JSON object such as {\"urls\": [\"http://…\"]}.")
        }
        var urls: ArraySlice<UInt8>?
        for member in members {
            let value = body[member.value]
            switch String(decoding: JSONText.unescaped(body[member.key].dropFirst().dropLast()), as: UTF8.self) {
            case "urls": urls = value
            case "preview": preview = try Self.preview(value)
            case let name:
                throw BatchError(message: "'\(name)' is not known in a batch; known are 'urls' and 'preview'.")
            }
        }
        guard let urls, case .array(let elements)? = Self.document(Array(urls)) else {
            throw BatchError(message: "'urls' is to be an array of URLs.")
        }
        guard elements.count <= max else {
            throw BatchError(message: "'urls' has \(elements.count) URLs; this route takes \(max) at most.")
        }
        for (index, range) in elements.enumerated() {
            let element = urls[(urls.startIndex + range.lowerBound)..<(urls.startIndex + range.upperBound)]
            guard element.first == UInt8(ascii: "\"") else {
                throw BatchError(message: "'urls[\(index)]' is no string.")
            }
            let text = String(decoding: JSONText.unescaped(element.dropFirst().dropLast()), as: UTF8.self)
            items.append(Item(text: text, url: try? HTTPURL(text)))
        }
    }

    private static func document(_ text: [UInt8]) -> JSONScanner.Document? {
        text.withUnsafeBufferPointer { try? JSONScanner.document($0) }
    }

    private static func preview(_ value: ArraySlice<UInt8>) throws(BatchError) -> Int {
        guard let number = Int(String(decoding: value, as: UTF8.self)), (0...1_048_576).contains(number) else {
            throw BatchError(message: "'preview' is to be a number of bytes from 0 to 1048576.")
        }
        return number
    }
}

/// What is wrong with a batch; the answer is 400.
package struct BatchError: Error, Equatable {
    /// One sentence.
    package var message: String
}

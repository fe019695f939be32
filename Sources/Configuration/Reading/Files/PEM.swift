/// What a PEM file (RFC 7468) has, as far as its text tells: the objects themselves are for the TLS library to read.
struct PEM {
    /// What is wrong with a file; says nothing of what is in it.
    struct Malformed: Error {
        let message: String
    }

    /// Of one object: what it is called, and whether it wants a passphrase.
    struct Block: Equatable {
        let label: String
        let isEncrypted: Bool
    }

    /// In the order of the file; never none.
    let blocks: [Block]

    /// Reads a file, in which text may stand around the objects (RFC 7468 section 5.2).
    init(_ bytes: [UInt8]) throws(Malformed) {
        var blocks: [Block] = []
        var label: String?
        var isEncrypted = false
        var hasBody = false
        for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let text = String(decoding: line, as: UTF8.self)
            if let begun = Self.label(of: text, after: "-----BEGIN ") {
                guard label == nil else { throw Malformed(message: "one of its objects has no end") }
                label = begun
                isEncrypted = begun.hasPrefix("ENCRYPTED ")
                hasBody = false
            } else if let current = label {
                if let ended = Self.label(of: text, after: "-----END ") {
                    guard ended == current, hasBody else { throw Malformed(message: "one of its objects is not whole") }
                    blocks.append(Block(label: current, isEncrypted: isEncrypted))
                    label = nil
                } else if text.contains(":") {
                    // Fields of RFC 1421 section 4.6, with which older programs mark what is encrypted.
                    if text.hasPrefix("Proc-Type:"), text.hasSuffix("ENCRYPTED") { isEncrypted = true }
                } else if text.utf8.allSatisfy(Self.isBase64) {
                    hasBody = true
                } else if !hasBody, text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                    continue
                } else {
                    throw Malformed(message: "one of its objects is not written in base64")
                }
            }
        }
        guard label == nil else { throw Malformed(message: "one of its objects has no end") }
        guard !blocks.isEmpty else { throw Malformed(message: "it has no '-----BEGIN …-----'") }
        self.blocks = blocks
    }

    private static func label(of line: String, after start: String) -> String? {
        guard line.hasPrefix(start), line.hasSuffix("-----"), line.utf8.count > start.utf8.count + 5 else { return nil }
        return String(line.dropFirst(start.count).dropLast(5))
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "+/=".utf8.contains(byte)
        }
    }
}

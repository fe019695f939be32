package import JSON

/// What of a call's body enters the answer, and where: spliced from the text as it came, never encoded again.
///
/// In this order: the sub-document `at`, of which `pick` keeps and `drop` removes members, `rename` gives them other keys,
/// and `under` nests what is left. Paths of pick, drop and rename go through arrays into each element.
package struct Shape: Sendable, Equatable {
    package var at: JSONPath?
    package var pick: [JSONPath]
    package var drop: [JSONPath]
    package var rename: [(path: JSONPath, key: String)]
    package var under: JSONPath?
    private let picked: Tree?
    private let changed: Tree

    package init(
        at: JSONPath? = nil, pick: [JSONPath] = [], drop: [JSONPath] = [],
        rename: [(path: JSONPath, key: String)] = [], under: JSONPath? = nil
    ) {
        self.at = at
        self.pick = pick
        self.drop = drop
        self.rename = rename
        self.under = under
        var picked = Tree()
        for path in pick { picked.insert(path.tokens[...], .keep) }
        self.picked = pick.isEmpty ? nil : picked
        var changed = Tree()
        for path in drop { changed.insert(path.tokens[...], .drop) }
        for (path, key) in rename {
            var text: [UInt8] = []
            JSONText.append(string: key, to: &text)
            changed.insert(path.tokens[...], .rename(text))
        }
        self.changed = changed
    }

    package static func == (a: Shape, b: Shape) -> Bool {
        a.at == b.at && a.under == b.under && a.picked == b.picked && a.changed == b.changed
    }

    /// The shaped text of a checked one; nil when there is nothing `at` the place.
    package func apply(to json: [UInt8]) -> [UInt8]? {
        var value = json[...]
        if let at {
            guard let found = at.find(in: value) else { return nil }
            value = found
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.count + 64)
        for token in under?.tokens ?? [] {
            bytes.append(UInt8(ascii: "{"))
            JSONText.append(string: String(decoding: token, as: UTF8.self), to: &bytes)
            bytes.append(UInt8(ascii: ":"))
        }
        if let picked {
            var kept: [UInt8] = []
            kept.reserveCapacity(value.count)
            Self.write(value, keeping: picked, to: &kept)
            value = kept[...]
        }
        Self.write(value, changing: changed, to: &bytes)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "}"), count: under?.tokens.count ?? 0))
        return bytes
    }

    // MARK: Writing

    /// Writes what the tree names; what is neither object nor array stays as it is.
    private static func write(_ value: ArraySlice<UInt8>, keeping tree: Tree, to bytes: inout [UInt8]) {
        if tree.action == .keep || tree.children.isEmpty { return bytes.append(contentsOf: value) }
        each(value, tree, to: &bytes) { member, child, bytes in
            guard let child else { return }
            bytes.append(contentsOf: member.key)
            write(member.value, keeping: child, to: &bytes)
        } element: { element, child, bytes in
            write(element, keeping: child, to: &bytes)
        }
    }

    /// Writes all but what the tree drops, under the keys that it gives.
    private static func write(_ value: ArraySlice<UInt8>, changing tree: Tree, to bytes: inout [UInt8]) {
        if tree.children.isEmpty { return bytes.append(contentsOf: value) }
        each(value, tree, to: &bytes) { member, child, bytes in
            guard let child else {
                bytes.append(contentsOf: member.key)
                bytes.append(contentsOf: member.value)
                return
            }
            switch child.action {
            case .drop: return
            case .rename(let key):
                bytes.append(contentsOf: key)
                bytes.append(UInt8(ascii: ":"))
            case .keep, nil: bytes.append(contentsOf: member.key)
            }
            write(member.value, changing: child, to: &bytes)
        } element: { element, child, bytes in
            write(element, changing: child, to: &bytes)
        }
    }

    /// A key with its colon, and its value.
    private typealias Entry = (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>)

    /// Writes an object or an array of what the closures write, with commas between; nothing for those that write nothing.
    private static func each(
        _ value: ArraySlice<UInt8>, _ tree: Tree, to bytes: inout [UInt8],
        member: (Entry, Tree?, inout [UInt8]) -> Void, element: (ArraySlice<UInt8>, Tree, inout [UInt8]) -> Void
    ) {
        func separated(_ write: (inout [UInt8]) -> Void, _ isFirst: inout Bool) {
            let start = bytes.count
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            let written = bytes.count
            write(&bytes)
            if bytes.count == written { bytes.removeLast(written - start) } else { isFirst = false }
        }
        var isFirst = true
        switch value.withUnsafeBufferPointer({ try? JSONScanner.document($0) }) {
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for one in members {
                let key = value.part(one.key.lowerBound..<one.value.lowerBound)
                let entry: Entry = (key, value.part(one.value))
                separated({ member(entry, tree.children[Array(value.key(one))], &$0) }, &isFirst)
            }
            bytes.append(UInt8(ascii: "}"))
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for one in elements { separated({ element(value.part(one), tree, &$0) }, &isFirst) }
            bytes.append(UInt8(ascii: "]"))
        case .scalar, nil: bytes.append(contentsOf: value)
        }
    }

    /// Paths with common beginnings in one, and what is to be done where each ends.
    private struct Tree: Sendable, Equatable {
        enum Action: Sendable, Equatable {
            case keep, drop
            /// The new key, as JSON.
            case rename([UInt8])
        }

        var children: [[UInt8]: Tree] = [:]
        var action: Action?

        mutating func insert(_ path: ArraySlice<[UInt8]>, _ action: Action) {
            guard let first = path.first else {
                // What is dropped has no new name.
                if self.action != .drop { self.action = action }
                return
            }
            children[first, default: Tree()].insert(path.dropFirst(), action)
        }
    }
}

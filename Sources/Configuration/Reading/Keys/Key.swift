/// A key of a section: everything that the program knows of it stands in its row.
///
/// Its default is what its settings say when they are made, so that it stands in their declaration alone.
struct Key<Owner>: Sendable {
    let row: KeyRow
    /// Reads the key, where it is there, into the settings.
    let read: @Sendable (inout ConfigurationReader, Section, inout Owner) -> Void

    var name: String { row.name }
}

extension Key {
    func obeyed(by processes: Obeys) -> Key { Key(row: row.obeyed(by: processes), read: read) }

    func filled(where condition: @escaping @Sendable (Surroundings) -> Bool) -> Key {
        Key(row: row.filled(where: condition), read: read)
    }
}

/// Makes the rows of a section.
struct Rows<Owner> {
    /// What the settings are where the file says nothing.
    let usual: Owner

    init(_ usual: Owner) { self.usual = usual }

    /// A scalar that has a default.
    func plain<Value>(
        _ name: String, _ path: any WritableKeyPath<Owner, Value> & Sendable, _ kind: ScalarKind<Value>,
        _ help: String, type: String? = nil
    ) -> Key<Owner> {
        Key(row: KeyRow(name, .scalar(kind, type), .text(kind.text(usual[keyPath: path])), help)) {
            $2[keyPath: path] = $0.scalar(kind, name, in: $1) ?? $2[keyPath: path]
        }
    }

    /// A scalar that may be absent, with what the reference says then.
    func maybe<Value>(
        _ name: String, _ path: any WritableKeyPath<Owner, Value?> & Sendable, _ kind: ScalarKind<Value>,
        _ absent: String, _ help: String, type: String? = nil
    ) -> Key<Owner> {
        Key(row: KeyRow(name, .scalar(kind, type), .said(absent), help)) {
            $2[keyPath: path] = $0.scalar(kind, name, in: $1)
        }
    }

    /// A mapping that is there in any case, and whose content may be left out.
    func section<Inner>(
        _ name: String, _ path: any WritableKeyPath<Owner, Inner> & Sendable, _ keys: [Key<Inner>], _ help: String,
        check: @escaping @Sendable (inout ConfigurationReader, Section, Inner) -> Void = { _, _, _ in }
    ) -> Key<Owner> {
        Key(row: KeyRow(name, .section(keys.map(\.row), or: .null), .mapping, help)) { reader, parent, owner in
            guard let section = reader.optionalSection(name, in: parent, keys: keys.map(\.name)) else { return }
            reader.read(keys, in: section, into: &owner[keyPath: path])
            check(&reader, section, owner[keyPath: path])
        }
    }

    /// One that is read by code of its own.
    func own(
        _ row: KeyRow,
        read: @escaping @Sendable (inout ConfigurationReader, Section, inout Owner) -> Void = { _, _, _ in }
    ) -> Key<Owner> {
        Key(row: row, read: read)
    }
}

extension ConfigurationReader {
    /// Reads the keys of a section, in the order of their rows.
    mutating func read<Owner>(_ keys: [Key<Owner>], in section: Section, into settings: inout Owner) {
        for key in keys { key.read(&self, section, &settings) }
    }
}

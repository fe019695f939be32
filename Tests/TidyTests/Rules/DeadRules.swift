/// What nothing names is taken out.
enum DeadRules {
    /// Names that Swift or a package calls, and no word of ours does.
    private static let calledByOthers: Set<String> = [
        // The standard library's protocols.
        "description", "debugDescription", "hash", "makeIterator", "next", "encode", "rawValue", "id", "allCases",
        "RawValue", "Element", "Index", "Body", "AsyncIterator", "errorDescription", "localizedDescription",
        // Executors of actors.
        "unownedExecutor", "enqueue", "asUnownedSerialExecutor", "checkIsolated", "isIsolatingCurrentContext",
        // ArgumentParser's commands and arguments.
        "configuration", "run", "validate", "valueDescription", "defaultValueDescription", "allValueStrings",
        // Swift Testing's traits and descriptions.
        "testDescription", "prepare", "provideScope", "isRecursive",
        // SwiftNIO's handlers.
        "InboundIn", "InboundOut", "OutboundIn", "OutboundOut", "channelRead", "channelActive", "channelInactive",
        "errorCaught", "userInboundEventTriggered", "channelReadComplete", "handlerAdded", "handlerRemoved",
    ]

    /// Attributes of what is reached by another way than its name.
    private static let reached: Set<String> = [
        "@main", "@Test", "@Suite", "@Argument", "@Option", "@Flag", "@OptionGroup", "@_cdecl", "@c",
    ]

    /// Declarations in the files whose name no file has but where it is declared.
    static func check(_ files: [(path: String, text: SourceText)]) -> [Violation] {
        let all = files.map { Declaration.all(in: $0.text) }
        var words: [String: Int] = [:]
        for file in files {
            for token in file.text.tokens where token.kind == .word { words[token.text, default: 0] += 1 }
        }
        var declared: [String: Int] = [:]
        for declaration in all.joined() { declared[declaration.name, default: 0] += 1 }
        return zip(files, all).flatMap { file, declarations in
            declarations.filter { declaration in
                words[declaration.name, default: 0] + words["`\(declaration.name)`", default: 0]
                    <= declared[declaration.name, default: 0] && isNamed(declaration, among: declarations)
            }.map {
                Violation(
                    path: file.path, line: $0.line,
                    message: "nothing names '\($0.name)' but its declaration; take it out")
            }
        }
    }

    /// Whether a use would name it.
    private static func isNamed(_ declaration: Declaration, among all: [Declaration]) -> Bool {
        if declaration.isPrivate || ["init", "subscript"].contains(declaration.kind) { return false }
        if calledByOthers.contains(declaration.name) || !reached.isDisjoint(with: declaration.modifiers) {
            return false
        }
        // The compiler sees to it that something of that name is overridden.
        if declaration.modifiers.contains("override") { return false }
        guard let type = declaration.type else { return !hasTests(declaration, among: all) }
        // The cases of an enumeration that is made from its raw values, or is gone through as a whole.
        let byValue: Set<String> = ["String", "Int", "Int32", "UInt8", "UInt32", "UInt64", "CaseIterable", "CodingKey"]
        if declaration.kind == "case", !all[type].inherited.isDisjoint(with: byValue) { return false }
        // What is written out or read in as a whole.
        if ["Decodable", "Encodable", "Codable"].contains(where: all[type].inherited.contains) { return false }
        return !hasTests(declaration, among: all)
    }

    /// Whether it is a type that holds tests.
    private static func hasTests(_ declaration: Declaration, among all: [Declaration]) -> Bool {
        guard declaration.isType else { return false }
        return all.contains { $0.modifiers.contains("@Test") && $0.type.map { all[$0] } == declaration }
    }
}

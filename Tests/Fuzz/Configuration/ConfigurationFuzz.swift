import Configuration
import FanOut
import HTTP

/// Called by libFuzzer for each input: what must hold of the configuration's decoder for any file.
///
/// A file is refused with places that are in it, or what it says can be shown; the same each time it is read.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = Array(UnsafeBufferPointer(start: data, count: count))
    let first = read(text)
    precondition(first == read(text), "read again it is another")
    return 0
}

/// Called by libFuzzer before it reads its corpus, which is in files.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ argc: UnsafeMutableRawPointer, _ argv: UnsafeMutableRawPointer) -> CInt { 0 }

/// What is told of a file.
private func read(_ text: [UInt8]) -> String {
    let environment = ["NAME": "value", "PORT": "1", "ODD": "a: [\n"]
    do {
        let (configuration, warnings) = try Configuration.load(text, path: "f", environment: environment)
        check(warnings, text)
        let table = RouteTable(configuration.routes)
        for target in ["/", "/page/1", "/legacy/a/b?c=d", "/a"].compactMap({ RequestTarget($0) }) {
            guard case .found(let route, let captures) = table.lookUp(method: "GET", segments: target.segments) else {
                continue
            }
            let names = configuration.routes[route].path.parameters
            precondition(captures.count == names.count, "captures and parameters differ")
        }
        return configuration.summary
    } catch {
        precondition(!error.errors.isEmpty, "refused without a reason")
        check(error.errors, text)
        return error.description
    }
}

/// Each is one line, and its place is in the file or right behind it.
private func check(_ errors: [ConfigurationError], _ text: [UInt8]) {
    // YAML 1.2 section 5.4, and what the parser takes for a line's end beside it: U+0085, U+2028, U+2029.
    let lines = text.count { $0 == 0x0A || $0 == 0x0D || $0 == 0x85 || $0 == 0xA8 || $0 == 0xA9 } + 1
    for error in errors {
        precondition(error.line >= 1 && error.line <= lines + 1, "a place outside the file")
        precondition(error.column >= 1 && error.column <= text.count + 2, "a place outside its line")
        precondition(!error.description.contains("\n"), "a message of several lines")
    }
}

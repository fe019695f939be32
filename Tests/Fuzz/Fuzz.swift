import Glibc

/// What is fuzzed: `run` names it in FUZZ_TARGET.
private enum Target: String {
    case json, answer, request, template, url

    /// Files to begin with, by name.
    var seeds: [(name: String, bytes: [UInt8])] {
        switch self {
        case .json: JSONTarget.seeds
        case .answer: AnswerTarget.seeds
        case .request: RequestsTarget.seeds
        case .template: TemplateTarget.seeds
        case .url: URLTarget.seeds
        }
    }

    /// Traps when what must hold for any bytes does not hold for these.
    func run(_ bytes: UnsafeBufferPointer<UInt8>) {
        switch self {
        case .json: JSONTarget.run(bytes)
        case .answer: AnswerTarget.run(bytes)
        case .request: RequestsTarget.run(bytes)
        case .template: TemplateTarget.run(bytes)
        case .url: URLTarget.run(bytes)
        }
    }
}

private let target: Target = {
    guard let name = getenv("FUZZ_TARGET"), let target = Target(rawValue: String(cString: name)) else {
        preconditionFailure("FUZZ_TARGET is json, answer, request, template or url")
    }
    return target
}()

/// Called by libFuzzer before it reads its corpus: writes the seeds into the folder FUZZ_SEEDS.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ argc: UnsafeMutableRawPointer, _ argv: UnsafeMutableRawPointer) -> CInt {
    guard let folder = getenv("FUZZ_SEEDS") else { return 0 }
    for seed in target.seeds {
        guard let file = fopen("\(String(cString: folder))/\(seed.name)", "w") else { continue }
        fwrite(seed.bytes, 1, seed.bytes.count, file)
        fclose(file)
    }
    return 0
}

/// Called by libFuzzer for each input (https://llvm.org/docs/LibFuzzer.html).
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(UnsafeBufferPointer(start: data, count: count))
    return 0
}

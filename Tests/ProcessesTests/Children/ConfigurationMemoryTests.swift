import Glibc
import Testing

@testable import Processes

@Suite struct ConfigurationMemoryTests {
    @Test("the bytes come back as they were", arguments: [0, 1, 4_096, 1 << 20])
    func bytesCome(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let memory = try ConfigurationMemory.create(bytes)
        #expect(try ConfigurationMemory.read(from: memory.number) == bytes)
        // A second reader of the same open file starts at the beginning too.
        #expect(try ConfigurationMemory.read(from: memory.number) == bytes)
    }

    @Test("nobody can change it")
    func nobodyCan() throws {
        let memory = try ConfigurationMemory.create(Array("listen: []".utf8))
        #expect(pwrite(memory.number, "x", 1, 0) == -1 && errno == EPERM)
        #expect(ftruncate(memory.number, 0) == -1 && errno == EPERM)
        #expect(ftruncate(memory.number, 100) == -1 && errno == EPERM)
    }

    @Test("a file that is not sealed is refused")
    func fileNot() throws {
        let file = Descriptor(owning: open("/dev/null", O_RDONLY | O_CLOEXEC))
        let number = file.number
        #expect(throws: SystemError.self) { _ = try ConfigurationMemory.read(from: number) }
    }
}

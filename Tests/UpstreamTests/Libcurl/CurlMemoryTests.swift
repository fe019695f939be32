import Base
import CCurl
import Glibc
import Testing

/// The memory that libcurl is given, used as libcurl uses it.
@Suite struct CurlMemoryTests {
    /// A block, and what was written to all of its bytes.
    private struct Block {
        var start: UnsafeMutableRawPointer
        var size: Int
        var mark: UInt8

        /// Whether the first so many bytes are still what was written.
        ///
        /// The first byte is, and each of the others is as the one before it: memcmp(3) needs no call for each in a debug build.
        func isWhole(_ count: Int) -> Bool {
            count == 0 || (start.load(as: UInt8.self) == mark && memcmp(start, start + 1, count - 1) == 0)
        }

        func fill() {
            start.initializeMemory(as: UInt8.self, repeating: mark, count: size)
        }
    }

    /// Sizes around those at which the kinds of blocks part, and any others.
    private static func size(_ random: inout SplitMix64) -> Int {
        guard Bool.random(using: &random) else { return Int.random(in: 0...100_000, using: &random) }
        return max(0, (1 << Int.random(in: 0...18, using: &random)) + Int.random(in: -20...20, using: &random))
    }

    @Test("no block loses a byte to another, however they are taken, resized and given back", arguments: 1...20)
    func blocks(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var blocks: [Block] = []
        for step in 0..<2_000 {
            let mark = UInt8(truncatingIfNeeded: step)
            if blocks.isEmpty || (blocks.count < 100 && Bool.random(using: &random)) {
                let size = Self.size(&random)
                let start = try #require(CCurl_malloc(size))
                try #require(UInt(bitPattern: start) % 16 == 0)
                blocks.append(Block(start: start, size: size, mark: mark))
                blocks.last?.fill()
                continue
            }
            let index = Int.random(in: 0..<blocks.count, using: &random)
            try #require(blocks[index].isWhole(blocks[index].size))
            if Bool.random(using: &random) {
                CCurl_free(blocks.remove(at: index).start)
            } else {
                let (old, size) = (blocks[index], Self.size(&random))
                blocks[index].start = try #require(CCurl_realloc(old.start, size))
                blocks[index].size = size
                try #require(blocks[index].isWhole(min(size, old.size)))
                blocks[index].mark = mark
                blocks[index].fill()
            }
        }
        for block in blocks {
            #expect(block.isWhole(block.size))
            CCurl_free(block.start)
        }
    }

    @Test("a block that is given back is the next of its size")
    func again() throws {
        // libcurl's buffers: a power of two and an end.
        for size in [1, 48, 49, 1_025, 65_537] {
            let first = try #require(CCurl_malloc(size))
            CCurl_free(first)
            let second = CCurl_malloc(size)
            #expect(second == first)
            CCurl_free(second)
        }
    }

    @Test("what calloc gives is zero, also where something else was")
    func zeroed() throws {
        for size in [1, 40, 1_000, 70_000] {
            let used = try #require(CCurl_malloc(size))
            Block(start: used, size: size, mark: 0xFF).fill()
            CCurl_free(used)
            let start = try #require(CCurl_calloc(size, 1))
            #expect(Block(start: start, size: size, mark: 0).isWhole(size))
            CCurl_free(start)
        }
    }

    @Test("text is copied with its end")
    func text() throws {
        for text in ["", "a", String(repeating: "long ", count: 20_000)] {
            let copy = try #require(CCurl_strdup(text))
            #expect(String(cString: copy) == text)
            CCurl_free(copy)
        }
    }

    @Test(
        "what is larger than memory, as a negative size is to C, is refused, and a block that could not grow is as it was"
    )
    func tooLarge() throws {
        for size in [Int.max, -1, -16] {
            #expect(CCurl_malloc(size) == nil)
            #expect(CCurl_calloc(size, 2) == nil)
            for own in [10, 100_000] {
                let block = Block(start: try #require(CCurl_malloc(own)), size: own, mark: 7)
                block.fill()
                #expect(CCurl_realloc(block.start, size) == nil)
                #expect(block.isWhole(own))
                CCurl_free(block.start)
            }
        }
    }

    @Test("nothing can be given back, and nothing grows to a block")
    func nothing() {
        CCurl_free(nil)
        let block = CCurl_realloc(nil, 10)
        #expect(block != nil)
        CCurl_free(block)
    }
}

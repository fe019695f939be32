/// Eight bytes of a text in one register, asked all at once (SIMD within a register).
///
/// Each question is answered by the top bits of the eight bytes. A sum may carry into the bytes above one that counts, never
/// into one below it, so the first answer is exact; only that one is used.
///
/// A loop that goes on by what it was answered waits for the answer. One that branches, and goes on by eight where the answer
/// is eight, does not, as the processor guesses the branch: twice as fast over long text.
///
/// `public`, as are the few other primitives of this target that hot loops use: Swift 6.3 inlines a `package` function into
/// no other module, not even an `@inlinable` one. With `package` here, a page of five calls took 15 % more instructions.
@frozen
public struct EightBytes {
    /// How many they are.
    @inlinable @inline(__always) public static var count: Int { 8 }

    @usableFromInline let word: UInt64

    /// Those that start at `index`, which the text must have: release builds do not check it, debug builds do.
    @inlinable @inline(__always)
    public init(_ text: UnsafeBufferPointer<UInt8>, at index: Int) {
        word = UInt64(littleEndian: UnsafeRawBufferPointer(text).loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// Writes all of them.
    @inlinable @inline(__always)
    public func store(to buffer: UnsafeMutableRawBufferPointer, at index: Int) {
        buffer.storeBytes(of: word.littleEndian, toByteOffset: index, as: UInt64.self)
    }

    /// How many at the start stand for themselves in a JSON string: ASCII, no control byte, quote or backslash.
    @inlinable @inline(__always)
    public var plain: Int { Self.leading(controlsAndQuotes | backslashes | word) }

    /// How many at the start are written into a JSON string as they are, in text that is known to be UTF-8.
    @inlinable @inline(__always)
    public var unescaped: Int { Self.leading((controlsAndQuotes | backslashes) & ~word) }

    /// How many at the start are ASCII.
    @inlinable @inline(__always)
    public var ascii: Int { Self.leading(word) }

    /// How many at the start are no control byte and no DEL.
    @inlinable @inline(__always)
    public var visible: Int {
        Self.leading(((word &- Self.each(0x20)) & ~word) | (((word ^ Self.each(0x7F)) &- Self.each(0x01)) & ~word))
    }

    /// How many at the start are no line feed.
    @inlinable @inline(__always)
    public var beforeLineFeed: Int {
        let feeds = word ^ Self.each(0x0A)
        return Self.leading((feeds &- Self.each(0x01)) & ~feeds)
    }

    /// How many at the start are ASCII letters or hyphens.
    @inlinable @inline(__always)
    public var lettersAndHyphens: Int {
        let hyphens = word ^ Self.each(0x2D)
        // A byte above ASCII may carry into those behind it, and is marked itself, before them.
        return Self.leading((~Self.lowerCaseLetters(word | Self.each(0x20)) & (hyphens &+ Self.each(0x7F))) | word)
    }

    /// Whether they are those of another text without regard to case; that one is ASCII without upper-case letters.
    @inlinable @inline(__always)
    public func isSame(asLowerCase other: EightBytes) -> Bool {
        (word ^ other.word) & ~((Self.lowerCaseLetters(other.word) & Self.each(0x80)) >> 2) == 0
    }

    /// Marks at the lower-case letters of eight ASCII bytes; the bits below the marks mean nothing.
    @inlinable @inline(__always)
    static func lowerCaseLetters(_ word: UInt64) -> UInt64 {
        (word &+ each(0x80 - 0x61)) & ~(word &+ each(0x80 - 0x7B))
    }

    /// How many at the start are decimal digits.
    @inlinable @inline(__always)
    public var digits: Int { Self.leading((word &+ Self.each(0x46)) | (word &- Self.each(0x30)) | word) }

    /// How many at the start are blanks.
    @inlinable @inline(__always)
    public var blanks: Int { (word ^ Self.each(0x20)).trailingZeroBitCount >> 3 }

    /// Turning the second bit puts the quote, 0x22, right behind the control bytes.
    @inlinable @inline(__always)
    var controlsAndQuotes: UInt64 { (word ^ Self.each(0x02)) &- Self.each(0x21) }

    @inlinable @inline(__always)
    var backslashes: UInt64 { (word ^ Self.each(0x5C)) &- Self.each(0x01) }

    @inlinable @inline(__always)
    static func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }

    @inlinable @inline(__always)
    static func leading(_ marks: UInt64) -> Int { (marks & each(0x80)).trailingZeroBitCount >> 3 }
}

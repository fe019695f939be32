/// What is wrong with a text that somebody wrote, and where in it.
package struct TextError: Error, Equatable {
    /// One sentence without a full stop, which says what was found and what is possible instead.
    package var message: String
    /// The distance of the place from the start of the text, in UTF-8 bytes.
    package var offset: Int

    package init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }
}

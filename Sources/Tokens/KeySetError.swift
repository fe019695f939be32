/// Why a JWK set cannot be used; goes on after the name of the file or URL, and shows nothing of a key.
package struct KeySetError: Error, Equatable {
    package var message: String
}

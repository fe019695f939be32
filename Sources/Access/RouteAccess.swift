/// Who may use a route: what is checked before anything is called.
package struct RouteAccess: Sendable, Equatable {
    package var addresses: AddressRules?
    package var keys: APIKeys?
    package var tokens: TokenRule?
    package var cors: CORSPolicy?
    /// What tokens say of their bearers, on this route or another one: an upstream may serve both.
    package var reserved = ReservedFields()

    package init(
        addresses: AddressRules? = nil, keys: APIKeys? = nil, tokens: TokenRule? = nil, cors: CORSPolicy? = nil
    ) {
        self.addresses = addresses
        self.keys = keys
        self.tokens = tokens
        self.cors = cors
    }

    /// Whether it lets everybody in with all that they say, and says nothing to browsers.
    package var isOpen: Bool {
        addresses == nil && keys == nil && tokens == nil && cors == nil && reserved.isEmpty
    }
}

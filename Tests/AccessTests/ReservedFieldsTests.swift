import TestSupport
import Testing

@testable import Access
@testable import HTTP

@Suite("Reserved fields")
struct ReservedFieldsTests {
    private static let reserved = ReservedFields(["X-User-Id", "x_roles"])

    private static func left(_ names: String...) -> [String]? {
        var fields = HeaderFields()
        for name in names { fields.append(name, "v") }
        guard let rest = reserved.removed(from: fields) else { return nil }
        var left: [String] = []
        rest.forEach { name, _ in left.append(name) }
        return left
    }

    @Test(
        "A reserved field is removed however it is written, also where CGI could not tell it from another",
        arguments: ["X-User-Id", "x-user-id", "X_User_Id", "X-USER_ID", "X-Roles", "x_roles"])
    func removed(name: String) { #expect(Self.left("Host", name, "Accept", name) == ["Host", "Accept"]) }

    @Test("Others are left as they are", arguments: ["X-User", "X-User-Id2", "XUser-Id", "X-User-Ie", "-"])
    func left(name: String) { #expect(Self.left("Host", name) == nil) }

    @Test("None reserved is none removed")
    func none() { #expect(ReservedFields().isEmpty && !Self.reserved.isEmpty) }
}

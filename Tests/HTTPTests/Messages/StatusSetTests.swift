import HTTP
import TestSupport
import Testing

@Suite struct StatusSetTests {
    @Test(
        "2xx is success where nothing else is said",
        arguments: [(199, false), (200, true), (299, true), (300, false), (404, false)])
    func successful(status: Int, isIn: Bool) {
        #expect(StatusSet.successful.contains(status) == isIn)
    }

    @Test(
        "a set has the statuses of all its ranges, and no others",
        arguments: [(200, true), (201, false), (404, true), (409, false), (410, true), (412, true), (413, false)])
    func ranges(status: Int, isIn: Bool) {
        #expect(StatusSet([200...200, 404...404, 410...412]).contains(status) == isIn)
    }

    @Test("a set is written as a configuration has it, and 2xx written out is the default")
    func text() {
        #expect(StatusSet([200...204, 404...404]).description == "200-204, 404")
        #expect(StatusSet.successful.description == "200-299")
        #expect(StatusSet([200...299]) == .successful)
        #expect(StatusSet([200...298]) != .successful)
    }
}

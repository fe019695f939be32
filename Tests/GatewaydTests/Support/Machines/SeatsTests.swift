import Testing

@Suite struct SeatsTests {
    @Test("so many begin at once, and the others in the order in which they came")
    func count() {
        var seats = Seats(count: 2)
        #expect((1...4).map { seats.arrive($0, alone: false) } == [[1], [2], [], []])
        #expect(seats.leave() == [3])
        #expect(seats.leave() == [4])
        #expect(seats.leave() == [])
        #expect(seats.arrive(5, alone: false) == [5])
    }

    @Test("who wants to be alone begins when nobody else runs or waits, and keeps all others out")
    func alone() {
        var seats = Seats(count: 2)
        #expect(seats.arrive(1, alone: false) == [1])
        #expect(seats.arrive(2, alone: true) == [])
        #expect(seats.arrive(3, alone: true) == [])
        #expect(seats.arrive(4, alone: false) == [4])
        #expect(seats.leave() == [])
        #expect(seats.leave() == [2])
        #expect(seats.arrive(5, alone: false) == [])
        #expect(seats.leave() == [5])
        #expect(seats.leave() == [3])
    }
}

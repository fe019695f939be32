import Base
import Processes
import Testing

@Suite("Wall clock")
struct WallClockTests {
    @Test("The present lies after the day this was written, whichever unit it is asked in")
    func present() {
        let written = WallTime(milliseconds: 1_750_000_000_000)
        #expect(WallTime.now() > written)
        #expect(WallTime.seconds() > written.milliseconds / 1_000)
        #expect(WallTime.nanoseconds() / 1_000_000 > UInt64(written.milliseconds))
    }
}

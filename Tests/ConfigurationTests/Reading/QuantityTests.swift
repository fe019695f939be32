import Testing

@testable import Configuration

@Test(
    "A duration is a decimal number directly followed by its unit",
    arguments: [
        ("300ms", 300_000_000), ("2s", 2_000_000_000), ("1m", 60_000_000_000), ("1h", 3_600_000_000_000),
        ("1.5s", 1_500_000_000), ("0.25ms", 250_000), ("0s", 0), ("-3s", 0), ("007s", 7_000_000_000),
    ] as [(String, UInt64)])
func readsDuration(text: String, nanoseconds: UInt64) {
    #expect(Quantity.duration.parse(text) == nanoseconds)
}

@Test(
    "Anything else is no duration",
    arguments: ["", "s", "2", "2 s", " 2s", "2S", "1m30s", "1.s", ".5s", "1e3s", "+1s", "--1s", "2sec", "٣s", "soon"])
func refusesDuration(text: String) {
    #expect(Quantity.duration.parse(text) == nil)
}

@Test(
    "A size is in powers of 1024, or plain bytes",
    arguments: [
        ("0", 0), ("512", 512), ("512B", 512), ("16KiB", 16_384), ("10MiB", 10_485_760), ("1GiB", 1_073_741_824),
        ("1.5KiB", 1_536),
    ] as [(String, UInt64)])
func readsSize(text: String, bytes: UInt64) {
    #expect(Quantity.size.parse(text) == bytes)
}

@Test(
    "Units of 1000 and abbreviations are no sizes", arguments: ["10MB", "10M", "10k", "10kib", "1 KiB", "MiB", "0x10"])
func refusesSize(text: String) {
    #expect(Quantity.size.parse(text) == nil)
}

@Test("An amount that does not fit is the largest one, never a small one")
func saturates() {
    #expect(Quantity.duration.parse("99999999999999999999h") == .max)
    #expect(Quantity.duration.parse("18446744073709551615s") == .max)
    #expect(Quantity.size.parse("17179869184GiB") == .max)
}

@Test("Every duration and size is read back as it was written", arguments: [Quantity.duration, Quantity.size])
func roundTrips(quantity: Quantity) {
    var random = Seeded(1)
    for _ in 0..<5_000 {
        let amount = UInt64.random(in: 0...(1 << UInt64.random(in: 0...60, using: &random)), using: &random)
        let text = quantity.text(amount)
        #expect(quantity.parse(text) == amount, "\(text)")
    }
    for unit in quantity.units {
        #expect(quantity.parse(quantity.text(unit.factor * 7)) == unit.factor * 7)
    }
}

@Test("A duration is written in its largest whole unit")
func writesDuration() {
    #expect(Duration.seconds(2).configurationText == "2s")
    #expect(Duration.seconds(120).configurationText == "2m")
    #expect(Duration.milliseconds(1_500).configurationText == "1500ms")
    #expect(Duration.microseconds(250).configurationText == "0.25ms")
}

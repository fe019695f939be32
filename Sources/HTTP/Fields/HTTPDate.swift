import Base

/// HTTP-date (RFC 9110 section 5.6.7): its three formats are read, the first is written.
///
/// When one is read, letters may be of either case, as a cache is to take them, and another zone than GMT makes a date invalid (RFC 9111
/// section 4.2).
package enum HTTPDate {
    /// Seconds since 1970-01-01T00:00:00Z; nil when the text is no date.
    ///
    /// A year of two digits is one from 1969 to 2068, as strptime(3) reads `%y`: the same as RFC 9110's rule says for all
    /// dates near ours, and it needs no clock.
    package static func seconds(_ text: String) -> Int64? {
        let words = text.lowercased().utf8.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        switch words.count {
        // Sun, 06 Nov 1994 08:49:37 GMT
        case 6 where shortDays.contains { $0 + "," == words[0] } && words[1].utf8.count == 2 && words[5] == "gmt":
            return seconds(year: fullYear(words[3]), month: words[2], day: words[1], time: words[4])
        // Sunday, 06-Nov-94 08:49:37 GMT
        case 4 where longDays.contains { $0 + "," == words[0] } && words[3] == "gmt":
            let parts = words[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, parts[0].utf8.count == 2 else { return nil }
            return seconds(year: shortYear(parts[2]), month: parts[1], day: parts[0], time: words[2])
        // Sun Nov  6 08:49:37 1994
        case 5 where shortDays.contains(words[0]):
            return seconds(year: fullYear(words[4]), month: words[1], day: words[2], time: words[3])
        default:
            return nil
        }
    }

    /// The IMF-fixdate of a time in seconds since 1970, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    package static func text(_ seconds: Int64) -> String {
        let days = seconds.floorDivided(by: 86_400)
        let time = seconds - days * 86_400
        let date = CivilDate(dayOfEpoch: days)
        // 1970-01-01 was a Thursday.
        let weekday = shortDays[Int(((days + 4) % 7 + 7) % 7)]
        return "\(capitalized(weekday)), \(two(date.day)) \(capitalized(months[Int(date.month) - 1])) \(date.year) "
            + "\(two(time / 3_600)):\(two(time / 60 % 60)):\(two(time % 60)) GMT"
    }

    private static func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let shortDays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let longDays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    private static func seconds(year: Int64?, month: String, day: String, time: String) -> Int64? {
        guard let year, let place = months.firstIndex(of: month), let day = number(day, in: 1...31), year > 0,
            let time = secondOfDay(time)
        else { return nil }
        let date = CivilDate(year: year, month: Int64(place + 1), day: day)
        return day <= date.daysOfMonth ? date.dayOfEpoch * 86_400 + time : nil
    }

    private static func fullYear(_ text: String) -> Int64? { text.utf8.count == 4 ? number(text, in: 0...9_999) : nil }

    private static func shortYear(_ text: String) -> Int64? {
        guard text.utf8.count == 2, let year = number(text, in: 0...99) else { return nil }
        return year < 69 ? 2_000 + year : 1_900 + year
    }

    /// `08:49:37`; the second may be a leap second, 60.
    private static func secondOfDay(_ text: String) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = number(parts[0], in: 0...23),
            let minute = number(parts[1], in: 0...59), let second = number(parts[2], in: 0...60)
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    /// Digits only, and few enough to fit.
    private static func number(_ text: String, in range: ClosedRange<Int64>) -> Int64? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ $0.digit != nil }),
            let number = Int64(text), range.contains(number)
        else { return nil }
        return number
    }
}

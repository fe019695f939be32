import Configuration
import Testing

@testable import Supervision

@Suite struct RecyclePolicyTests {
    private func policy(_ change: (inout RecycleSettings) -> Void) -> RecyclePolicy {
        var settings = RecycleSettings()
        change(&settings)
        return RecyclePolicy(settings)
    }

    private func used(
        requests: UInt64 = 0, lifetime: Duration = .zero, bytes: UInt64? = 0
    ) -> RecyclePolicy.Used {
        RecyclePolicy.Used(requests: requests, lifetime: lifetime, residentBytes: bytes)
    }

    @Test("without a limit nothing is ever recycled")
    func none() {
        let policy = policy { _ in }
        #expect(policy.reason(for: used(requests: .max, lifetime: .seconds(1 << 40), bytes: .max), jitter: 0.99) == nil)
    }

    @Test("each limit counts for itself, and is reached without jitter exactly")
    func limits() {
        let requests = policy { $0.maxRequests = 1_000 }
        #expect(requests.reason(for: used(requests: 999), jitter: 0) == nil)
        #expect(requests.reason(for: used(requests: 1_000), jitter: 0) == "1000 requests")
        let lifetime = policy { $0.maxLifetime = .seconds(60) }
        #expect(lifetime.reason(for: used(lifetime: .milliseconds(59_999)), jitter: 0) == nil)
        #expect(lifetime.reason(for: used(lifetime: .seconds(60)), jitter: 0) == "a lifetime of 60 s")
        let memory = policy { $0.maxRSS = 1 << 20 }
        #expect(memory.reason(for: used(bytes: (1 << 20) - 1), jitter: 0.9) == nil)
        #expect(memory.reason(for: used(bytes: nil), jitter: 0) == nil)
        #expect(memory.reason(for: used(bytes: 1 << 20), jitter: 0) == "1024 KiB of memory")
    }

    @Test("jitter lets a worker go a tenth before its limit at the earliest")
    func jitter() {
        let policy = policy { $0.maxRequests = 1_000 }
        for step in 0..<100 {
            let jitter = Double(step) / 100
            let limit = UInt64((1_000 * (1 - jitter / 10)).rounded(.up))
            #expect(policy.reason(for: used(requests: 899), jitter: jitter) == nil)
            #expect(policy.reason(for: used(requests: limit), jitter: jitter) != nil)
        }
    }
}

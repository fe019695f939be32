import Base
import Telemetry

/// What is told of reloads, restarts, recycling and scaling.
extension SupervisorLog {
    /// New workers are on their way: of a reload, a restart or of recycling, each by its own event.
    package func rollStarted(_ purpose: String, slots: [Int], generation: Int, because reason: String?) {
        write(.info, "\(purpose)_started") {
            $0.add("slots", slots.map(String.init).joined(separator: ","))
            $0.add("generation", generation)
            if let reason { $0.add("because", reason) }
        }
    }

    package func rollDone(_ purpose: String, generation: Int) {
        write(.info, "\(purpose)_done") { $0.add("generation", generation) }
    }

    /// The old workers stay.
    package func rollFailed(_ purpose: String, generation: Int, reason: String) {
        write(.error, "\(purpose)_failed") {
            $0.add("generation", generation)
            $0.add("message", reason)
        }
    }

    /// Nothing was started.
    package func reloadRefused(reason: String) {
        write(.error, "reload_refused") { $0.add("message", reason) }
    }

    /// The program at this path is to show that it can take over.
    package func upgradeRequested(_ path: String) {
        write(.info, "upgrade_requested") { $0.add("program", path) }
    }

    /// The program at this path takes over this process now.
    package func upgrading(_ path: String) {
        write(.info, "upgrading") { $0.add("program", path) }
    }

    /// This program has taken over, with so many workers of the one before.
    package func upgraded(version: String, workers: Int) {
        write(.info, "upgraded") {
            $0.add("version", version)
            $0.add("workers", workers)
        }
    }

    /// The program that runs stays.
    package func upgradeRefused(_ reason: String) {
        write(.error, "upgrade_refused") { $0.add("message", reason) }
    }

    /// A worker died otherwise than by plan; what is known of it is one JSON object.
    package func crashed(_ report: CrashReport) {
        write(.error, "worker_crashed") {
            $0.add("slot", report.slot)
            $0.add("pid", Int(report.pid))
            if let suspect = report.suspect { $0.add("suspect", suspect) }
            $0.add("report", raw: report.json)
        }
    }

    package func quarantined(_ route: String, for duration: Duration) {
        write(.error, "route_quarantined") {
            $0.add("route", route)
            $0.add("for_ms", Int(clamping: duration.wholeMilliseconds))
        }
    }

    package func listeningChanged(_ addresses: [String]) {
        write(.info, "listening_changed") { $0.add("addresses", addresses.joined(separator: ", ")) }
    }

    package func scaled(from: Int, to count: Int, because cause: String) {
        write(.info, "scaled") {
            $0.add("from", from)
            $0.add("to", count)
            $0.add("because", cause)
        }
    }

    package func scaleRefused(_ reason: String, because cause: String) {
        write(.warning, "scale_refused") {
            $0.add("message", reason)
            $0.add("because", cause)
        }
    }
}

import Foundation
import Glibc
import Testing

extension RunningPrograms {
    @Suite(.serialized, .alone) struct InheritedDescriptorTests {
        /// A running gateway that was started with three descriptors too many: a file and both ends of a pipe.
        private struct Started {
            let gateway: Gateway
            let upstream: TestUpstream
            let strangers: Set<String>
            let workers: [pid_t]
            let admin: pid_t

            var supervisorSockets: Set<String> { sockets(gateway.pid) }

            func sockets(_ pid: pid_t) -> Set<String> {
                Set(ProcessFiles.descriptors(of: pid).values.filter { $0.hasPrefix("socket:") })
            }
        }

        private func start() async throws -> Started {
            let file = open("/etc/passwd", O_RDONLY)
            var pipeEnds: [Int32] = [-1, -1]
            try #require(file >= 0 && pipe(&pipeEnds) == 0)
            defer { for number in [file] + pipeEnds { close(number) } }
            let own = ProcessFiles.descriptors(of: getpid())
            let strangers = Set(([file] + pipeEnds).compactMap { own[Int($0)] })
            try #require(strangers.count >= 2)
            let upstream = try await Page.upstream()
            let gateway = try await Gateway.start(
                Page.configuration(upstream), workers: 3, as: .init(inherited: [file] + pipeEnds))
            let stats = try await gateway.stats()
            return Started(
                gateway: gateway, upstream: upstream, strangers: strangers, workers: stats.workers.map(\.pid),
                admin: try #require(stats.admin).pid)
        }

        @Test func childrenInheritOnlyTheDescriptorsMeantForThem() async throws {
            let started = try await start()
            let gateway = started.gateway
            let clients = try #require(ProcessFiles.listener(port: gateway.port)).link
            let admin = try #require(ProcessFiles.listener(port: gateway.adminPort)).link
            let supervisor = started.supervisorSockets
            #expect(supervisor.isSuperset(of: [clients, admin]), "the supervisor holds what it has opened")

            for pid in started.workers {
                #expect(started.sockets(pid).intersection(supervisor) == [clients], "of worker \(pid)")
            }
            #expect(started.sockets(started.admin).intersection(supervisor) == [admin])

            let children = started.workers + [started.admin]
            for pid in children {
                let descriptors = ProcessFiles.descriptors(of: pid)
                let above = descriptors.filter { $0.key > 2 }.values
                // The runtime starts a program to write a backtrace, and that must not hold the listeners.
                let passedOn = descriptors.keys.filter { $0 > 2 && ProcessFiles.isCloseOnExec($0, of: pid) == false }
                #expect(passedOn.isEmpty, "\(pid) would pass on \(passedOn) of \(descriptors)")
                #expect(started.strangers.isDisjoint(with: above), "\(pid) has \(descriptors)")
                #expect(
                    above.allSatisfy { !$0.contains("signalfd") && !$0.contains("pidfd") }, "\(pid) has \(descriptors)")
                #expect(above.filter { $0.hasPrefix("/memfd:") }.count == 2, "\(pid) has \(descriptors)")
                #expect(above.allSatisfy(isMeant), "\(pid) has \(descriptors)")
            }
            for (index, pid) in children.enumerated() {
                for other in children[(index + 1)...] {
                    let common = started.sockets(pid).intersection(started.sockets(other))
                    #expect(common.subtracting([clients]).isEmpty, "\(pid) and \(other) share a control channel")
                }
            }
            gateway.stop()
        }

        /// Shared memory, sockets, and what a process makes for its own event loop.
        private func isMeant(_ link: String) -> Bool {
            ["/memfd:", "socket:", "anon_inode:[eventpoll]", "anon_inode:[eventfd]", "anon_inode:[timerfd]"]
                .contains { link.hasPrefix($0) }
        }

        @Test func theAdminProcessCannotWriteTheScoreboard() async throws {
            let started = try await start()
            func readOnly(_ pid: pid_t) -> [Bool] {
                let descriptors = ProcessFiles.descriptors(of: pid)
                let board = descriptors.filter { $0.value.hasPrefix("/memfd:") && $0.value.contains("scoreboard") }
                return board.keys.compactMap { ProcessFiles.isReadOnly($0, of: pid) }
            }
            #expect(readOnly(started.admin) == [true])
            #expect(started.workers.map(readOnly) == [[false], [false], [false]])
            started.gateway.stop()
        }

        @Test func theSupervisorHasOneThread() async throws {
            let started = try await start()
            #expect(ProcessFiles.threads(of: started.gateway.pid) == 1)
            started.gateway.stop()
        }
    }
}

import Glibc
import Processes

/// Waits until a descriptor is readable, at most ten seconds; false when it never was.
func becomesReadable(_ number: Int32) -> Bool {
    var poll = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return retryingInterrupts { Glibc.poll(&poll, 1, 10_000) } == 1
}

/// Connects to an address; throws when that is refused.
func connected(to address: SocketAddress) throws -> Descriptor {
    let client = Descriptor(owning: socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    let result = address.withSockaddr { connect(client.number, $0, $1) }
    guard result == 0 else { throw SystemError("connect to", address.description) }
    return client
}

package import Glibc

/// The address of a stream socket: IPv4 or IPv6 with a port, or a unix socket's path.
package struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// AF_INET, AF_INET6 or AF_UNIX.
    package let family: Int32
    /// The address as people write it: "127.0.0.1:8080", "[::1]:8080", "unix:/run/x.sock", "unix:@abstract".
    package let description: String
    /// The sockaddr as the kernel wants it, family first (sockaddr(3type)).
    let bytes: [UInt8]

    package static func == (a: SocketAddress, b: SocketAddress) -> Bool { a.description == b.description }

    package func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// The TCP port; nil for a unix socket.
    package var port: UInt16? {
        family == AF_UNIX ? nil : (UInt16(bytes[2]) << 8) | UInt16(bytes[3])
    }

    /// The unix socket's path; nil for TCP and for an abstract socket, which has no file.
    package var path: String? {
        guard family == AF_UNIX, bytes.count > 2, bytes[2] != 0 else { return nil }
        return String(decoding: bytes[2...].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// An address of a host and a port; the port 0 asks the kernel to choose one when it is bound.
    ///
    /// `host` is an IPv4 or IPv6 address without brackets, or a name, of which the first address is taken
    /// (getaddrinfo(3)). Throws EADDRNOTAVAIL when there is none.
    package init(host: String, port: UInt16) throws(SystemError) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let first = found else {
            throw SystemError("find an address for", "'\(host)'", EADDRNOTAVAIL)
        }
        defer { freeaddrinfo(found) }
        let length = Int(first.pointee.ai_addrlen)
        guard let address = first.pointee.ai_addr else {
            throw SystemError("find an address for", "'\(host)'", EADDRNOTAVAIL)
        }
        try self.init(sockaddr: Array(UnsafeRawBufferPointer(start: address, count: length)))
    }

    /// A unix socket's address; a leading "@" means Linux's abstract namespace, unix(7).
    ///
    /// Throws ENAMETOOLONG for a path over 107 bytes, ENOENT for an empty one.
    package init(unixPath path: String) throws(SystemError) {
        guard !path.isEmpty else { throw SystemError("use as unix socket", "an empty path", ENOENT) }
        var name = Array(path.utf8)
        guard name.count <= 107 else { throw SystemError("use as unix socket", path, ENAMETOOLONG) }
        if name[0] == UInt8(ascii: "@") { name[0] = 0 } else { name.append(0) }
        try self.init(sockaddr: Self.familyBytes(AF_UNIX) + name)
    }

    /// The address that a socket is bound to (getsockname(2)).
    package init(boundTo number: Int32) throws(SystemError) {
        try self.init(of: number, getsockname)
    }

    /// The address that a connected socket's other end has (getpeername(2)); a unix socket's is nearly always unnamed.
    package init(peerOf number: Int32) throws(SystemError) {
        try self.init(of: number, getpeername)
    }

    private init(
        of number: Int32, _ read: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
    ) throws(SystemError) {
        var storage = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_storage>.size)
        var length = socklen_t(storage.count)
        let result = storage.withUnsafeMutableBytes { buffer in
            read(number, buffer.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard result == 0 else { throw SystemError("read the address of", "descriptor \(number)") }
        try self.init(sockaddr: Array(storage[..<min(Int(length), storage.count)]))
    }

    /// Calls `body` with the sockaddr and its length, for bind(2), connect(2) and sendto(2).
    package func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>?, socklen_t) -> Result) -> Result {
        bytes.withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) }
    }

    private init(sockaddr bytes: [UInt8]) throws(SystemError) {
        self.bytes = bytes
        family = bytes.count < 2 ? AF_UNSPEC : bytes.withUnsafeBytes { Int32($0.loadUnaligned(as: sa_family_t.self)) }
        switch family {
        case AF_INET where bytes.count >= 8:
            let port = (UInt16(bytes[2]) << 8) | UInt16(bytes[3])
            description = "\(Self.text(AF_INET, bytes[4..<8])):\(port)"
        case AF_INET6 where bytes.count >= 24:
            let port = (UInt16(bytes[2]) << 8) | UInt16(bytes[3])
            description = "[\(Self.text(AF_INET6, bytes[8..<24]))]:\(port)"
        case AF_UNIX:
            let name = bytes[2...]
            let isAbstract = name.first == 0
            let text = String(decoding: isAbstract ? name.dropFirst() : name.prefix { $0 != 0 }, as: UTF8.self)
            description = "unix:" + (isAbstract ? "@" : "") + text
        default:
            throw SystemError("use as a stream socket", "an address of family \(family)", EAFNOSUPPORT)
        }
    }

    private static func familyBytes(_ family: Int32) -> [UInt8] {
        withUnsafeBytes(of: sa_family_t(family)) { Array($0) }
    }

    private static func text(_ family: Int32, _ address: ArraySlice<UInt8>) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let copy = Array(address)
        guard inet_ntop(family, copy, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

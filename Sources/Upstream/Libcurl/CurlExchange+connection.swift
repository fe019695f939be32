import Base
import CCurl
import Loop

extension CurlExchange {
    /// The server's name as a Host field, behind the field without a value, which takes libcurl's own back.
    ///
    /// libcurl would put its own together for each call and then copy it, both byte by byte: 15,000 instructions for a
    /// page of five calls to put it together alone. Nil
    /// where its own is right: it follows redirects, or the field is not that of the URL.
    func hostField(_ transfer: Transfer) -> StringList? {
        guard !endpoint.settings.followsRedirects, !transfer.order.hasURL, transfer.namedServer == nil,
            let server = transfer.server?.server
        else { return nil }
        let list = StringList()
        list.append("Host:")
        list.append("Host: \(server.authority)")
        return list
    }

    /// Has the address of each connection judged before a request goes out on it.
    ///
    /// What a name resolved to is judged before; but libcurl keeps connections by the name, and would use one that
    /// another call made when the name led elsewhere. Names of configured servers are judged only here.
    func checkConnections() {
        guard endpoint.permits != nil || exchanges.forbidden != nil else { return }
        CCurl_set_connected(handle, connected, Unmanaged.passUnretained(self).toOpaque())
    }

    fileprivate func mayUse(_ address: UnsafePointer<CChar>, _ port: CInt) -> Bool {
        if let forbidden = exchanges.forbidden, forbidden.has(Int(port), { String(cString: address) }) { return false }
        guard let permits = endpoint.permits, let url = transfer?.order.url else { return true }
        return IPAddress(String(cString: address)).map { permits($0, url) } ?? false
    }
}

private typealias Connected = (
    UnsafeMutableRawPointer?, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?, CInt, CInt
) -> CInt

/// CURLOPT_PREREQFUNCTION; SocketTable says why the cast holds.
private func connected(
    _ context: UnsafeMutableRawPointer?, _ address: UnsafeMutablePointer<CChar>?,
    _ ownAddress: UnsafeMutablePointer<CChar>?, _ port: CInt, _ ownPort: CInt
) -> CInt {
    unsafeBitCast(
        connectedOnLoop
            as @LoopActor (
                UnsafeMutableRawPointer?, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?, CInt, CInt
            ) -> CInt, to: Connected.self)(context, address, ownAddress, port, ownPort)
}

/// Lets the request go out, or ends the transfer as `forbidden`.
@LoopActor
private func connectedOnLoop(
    _ context: UnsafeMutableRawPointer?, _ address: UnsafeMutablePointer<CChar>?,
    _ ownAddress: UnsafeMutablePointer<CChar>?, _ port: CInt, _ ownPort: CInt
) -> CInt {
    guard let context, let address else { return CInt(CURL_PREREQFUNC_ABORT) }
    let mayUse = Unmanaged<CurlExchange>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.mayUse(address, port) }
    return CInt(mayUse ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT)
}

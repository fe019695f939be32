import HTTP
import Loop

extension HeaderList {
    /// The lines as libcurl takes them (CURLOPT_HTTPHEADER(3)), with the program's name.
    ///
    /// Given by CURLOPT_USERAGENT, libcurl would write that out for every call, and copy it once more.
    ///
    /// - Parameter host: The field's value where it is not that of the URL.
    func list(for endpoint: Endpoint, _ message: OutgoingMessage?, host: String? = nil) -> StringList {
        // Looked at in its place, as a copy of the settings would be one for each call.
        let isUsual =
            endpoint.settings.sendsAccept && !endpoint.settings.userAgent.isEmpty && message == nil && host == nil
        if isUsual, let lines { return lines }
        let settings = endpoint.settings
        let list = StringList()
        if let host { list.append("Host: \(host)") }
        if !settings.userAgent.isEmpty { list.append("User-Agent: \(settings.userAgent)") }
        list.append(lines: bytes)
        if let message {
            // What libcurl adds by itself is taken back by a name without a value, unless the call has its own.
            if !settings.sendsAccept { list.append("Accept:") }
            if message.contentLength != nil {
                list.append("Content-Type:")
                list.append("Expect:")
            }
            list.append(lines: message.fields)
        }
        if isUsual { lines = list }
        return list
    }
}

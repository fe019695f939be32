import CCurl

/// Header lines for transfers, in the form that libcurl keeps a pointer to.
///
/// All calls of one request share one list; whoever uses it holds it, and the last one frees it.
package final class HeaderList {
    private(set) var list: UnsafeMutablePointer<curl_slist>?

    package init() {}

    /// Adds a field.
    ///
    /// The value must have no control bytes, since libcurl sends the line as it is.
    package func append(_ name: StaticString, _ value: String) {
        let longer = curl_slist_append(list, "\(name): \(value)")
        // Out of memory leaves the list as it was: the call goes out without this line.
        if let longer { list = longer }
    }

    deinit {
        curl_slist_free_all(list)
    }
}

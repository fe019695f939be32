import Base
import Policy

/// Reading of an upstream's `tls`, and of whether its files are what they are to be.
extension ConfigurationReader {
    /// The digests of the keys that are trusted.
    mutating func pins(in section: Section) -> [String] {
        (oneOrMore("pins", of: "pins", in: section) ?? []).compactMap { read(.pin, $0, subject: "'pins'") }
    }

    /// Says what is missing beside a key, and what is wrong with its file.
    mutating func check(_ tls: TLSSettings, in section: Section) {
        for (key, other) in [("client_certificate", "client_key"), ("client_key", "client_certificate")] {
            guard let place = section.place(of: key), section[other] == nil else { continue }
            problems.error("'\(key)' wants '\(other)' beside it", at: place)
        }
        if let path = tls.authorities, let place = section["ca"]?.place {
            checkCertificates(path, at: place, "certificates of authorities")
        }
        if let path = tls.certificate, let place = section["client_certificate"]?.place {
            checkCertificates(path, at: place, "a certificate")
        }
        if let path = tls.key, let place = section["client_key"]?.place { checkKey(path, at: place) }
    }

    private mutating func checkCertificates(_ path: String, at place: Place, _ wanted: String) {
        guard let pem = pem(path, at: place) else { return }
        // OpenSSL's own labels are certificates as well (PEM_read_bio_X509(3)).
        let labels = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"]
        guard !pem.blocks.contains(where: { labels.contains($0.label) }) else { return }
        problems.error("the file \(path) wants \(wanted) in PEM; it has '\(pem.blocks[0].label)'", at: place)
    }

    private mutating func checkKey(_ path: String, at place: Place) {
        guard let pem = pem(path, at: place) else { return }
        guard let key = pem.blocks.first(where: { $0.label.hasSuffix("PRIVATE KEY") }) else {
            return problems.error(
                "the file \(path) wants a private key in PEM; it has '\(pem.blocks[0].label)'", at: place)
        }
        if key.isEncrypted {
            problems.error("the key in \(path) is encrypted, and there is nobody to ask for its passphrase", at: place)
        }
        if files.isOpenToAll(path) {
            problems.warning(
                "every user of this machine can read the key in \(path); 'chmod o= \(path)' helps", at: place)
        }
    }

    /// A file as PEM; nil when it cannot be read or is none, which is reported.
    private mutating func pem(_ path: String, at place: Place) -> PEM? {
        let bytes: [UInt8]
        do throws(SecretFiles.Failure) {
            bytes = try files.bytes(of: path)
        } catch {
            problems.error(error.message, at: place)
            return nil
        }
        do throws(PEM.Malformed) {
            return try PEM(bytes)
        } catch {
            problems.error("the file \(path) is not PEM: \(error.message)", at: place)
            return nil
        }
    }
}

extension ScalarKind where Value == String {
    /// A name that a server may be asked for; addresses are none (RFC 6066 section 3).
    static var serverName: Self {
        let wanted = "a host name such as users.example.internal"
        return ScalarKind(wanted: wanted, type: "host name") { text throws(Refusal) in
            let host: String
            do throws(AddressError) {
                host = try HostText.parse(text[...])
            } catch {
                throw Refusal(wanted: wanted, hint: "; \(error.message)")
            }
            guard IPAddress(host) == nil else { throw Refusal(wanted: wanted) }
            return host.lowercased()
        }
    }

    /// The digest of a public key as curl writes it (CURLOPT_PINNEDPUBLICKEY(3)): 32 bytes in base64.
    static var pin: Self {
        let wanted = "a pin such as sha256// and the SHA-256 digest of a public key in base64"
        return ScalarKind(wanted: wanted, schema: .pattern("^sha256//[A-Za-z0-9+/]{43}=$")) { text throws(Refusal) in
            let digest = text.utf8.dropFirst("sha256//".utf8.count)
            // 43 digits and a '=': the last digit has two bits that belong to no byte.
            guard text.hasPrefix("sha256//"), digest.count == 44, digest.last == UInt8(ascii: "="),
                digest.dropLast().allSatisfy({ byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"): true
                    default: false
                    }
                })
            else { throw Refusal(wanted: wanted) }
            return text
        }
    }
}

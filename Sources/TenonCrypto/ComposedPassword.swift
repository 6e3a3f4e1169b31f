@_spi(_Unicode) internal import Swift
internal import TenonDomain

extension Secret {
    /// The same text in Normalization Form C (RFC 8265 §4.2.2, NIST SP 800-63B-4 §3.1.1.2): keyboards differ in whether
    /// they enter some characters as one or two. ASCII, and invalid UTF-8, stay unchanged.
    var composed: Secret {
        withBytes { bytes in
            guard bytes.contains(where: { $0 >= 0x80 }), let text = String(validating: bytes, as: UTF8.self) else {
                return self
            }
            var composed: [UInt8] = []
            // The text never grows by more than this, so that no copy is left behind.
            composed.reserveCapacity(3 * bytes.count)
            for scalar in text._nfc { composed.append(contentsOf: UTF8.encode(scalar)!) }
            defer { for place in composed.indices { composed[place] = 0 } }
            return Secret(composed)
        }
    }
}

internal import COpenSSL
internal import TenonDomain

extension Secret {
    /// Copies the bytes and wipes the array they came in, if it has no other owner.
    init(wiping bytes: consuming [UInt8]) {
        self = bytes.withUnsafeMutableBytes { bytes in
            defer { OPENSSL_cleanse(bytes.baseAddress, bytes.count) }
            return Secret(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Lends the bytes as an array, which is wiped afterwards.
    func withWipedArray<Result>(_ body: ([UInt8]) -> Result) -> Result {
        var bytes = withBytes { Array($0) }
        defer { bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        return body(bytes)
    }
}

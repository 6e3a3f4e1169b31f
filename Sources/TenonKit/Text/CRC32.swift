/// CRC-32 (ISO 3309): detects typing errors, not attacks.
package enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }

    package static func value(of bytes: some Collection<UInt8>) -> UInt32 {
        bytes.withContiguousStorageIfAvailable(value) ?? Array(bytes).withUnsafeBufferPointer(value)
    }

    private static func value(of bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF) { crc, byte in crc >> 8 ^ table[Int((crc ^ UInt32(byte)) & 0xFF)] }
    }

    /// The same as four bytes, most significant first.
    package static func checksum(_ bytes: some Collection<UInt8>) -> [UInt8] {
        withUnsafeBytes(of: value(of: bytes).bigEndian) { Array($0) }
    }
}

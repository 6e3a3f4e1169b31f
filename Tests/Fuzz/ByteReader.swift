/// Takes an input apart; behind its end are zeros.
struct ByteReader {
    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// Up to eight bytes, most significant first.
    mutating func word(bytes count: Int = 8) -> UInt64 {
        (0..<count).reduce(0) { word, _ in word << 8 | UInt64(byte()) }
    }
}

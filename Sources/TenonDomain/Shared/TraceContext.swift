/// The position of a request in a distributed trace (W3C Trace Context).
public struct TraceContext: Sendable, Equatable {
    /// 32 hexadecimal digits, lower case, not all zero.
    public let traceID: String
    /// The id of this service's span: 16 hexadecimal digits, not all zero.
    public let spanID: String
    /// The caller's span; nil if the trace begins here.
    public let parentSpanID: String?

    init(traceID: String, spanID: String, parentSpanID: String?) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
    }

    /// Continues the trace of a `traceparent` field, or starts one if it is missing or invalid. An unknown version is
    /// parsed as version 00 (§3.2.4). The new ids are derived from an otherwise unused id.
    public init<Entity>(continuing traceparent: String?, as id: Identifier<Entity>) {
        // Odd, so that different ids stay different and none becomes zero.
        let spanID = Self.hex(id.low &* 0x9E37_79B9_7F4A_7C15)
        if let (traceID, parent) = traceparent.flatMap(Self.parse) {
            self.init(traceID: traceID, spanID: spanID, parentSpanID: parent)
        } else {
            self.init(traceID: Self.hex(id.high) + Self.hex(id.low), spanID: spanID, parentSpanID: nil)
        }
    }

    /// `version-traceid-parentid-flags`.
    private static func parse(_ text: String) -> (traceID: String, parent: String)? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            isHex(bytes[0..<2]), isHex(bytes[3..<35]), isHex(bytes[36..<52]), isHex(bytes[53..<55])
        else { return nil }
        let version = bytes[0..<2]
        guard !version.elementsEqual("ff".utf8) else { return nil }
        guard bytes.count == 55 || (!version.elementsEqual("00".utf8) && bytes[55] == dash) else { return nil }
        guard bytes[3..<35].contains(where: { $0 != zero }), bytes[36..<52].contains(where: { $0 != zero }) else {
            return nil
        }
        return (String(decoding: bytes[3..<35], as: UTF8.self), String(decoding: bytes[36..<52], as: UTF8.self))
    }

    private static let dash = UInt8(ascii: "-")
    private static let zero = UInt8(ascii: "0")

    private static func isHex(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// Writes compact JSON text (RFC 8259, UTF-8), appending bytes, including commas. The caller must open and close in
/// order and give every member a key and a value.
public struct JSONWriter: Sendable {
    /// The bytes written so far.
    public private(set) var bytes: [UInt8] = []
    /// Whether a comma must come before the next item.
    private var follows = false

    /// `capacity` is an estimate of the bytes to write; if it suffices, there is a single allocation.
    public init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    /// Opens an object; each of its members is a `key` and a value.
    public mutating func beginObject() { open(.openBrace) }
    public mutating func endObject() { close(.closeBrace) }
    /// Opens an array; the next values are its elements.
    public mutating func beginArray() { open(.openBracket) }
    public mutating func endArray() { close(.closeBracket) }

    /// The name of the member whose value comes next.
    public mutating func key(_ name: String) {
        string(name)
        bytes.append(.colon)
        follows = false
    }

    public mutating func null() { raw("null") }
    public mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    public mutating func integer(_ value: Int64) {
        separate()
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var at = 20
            var rest = value.magnitude
            repeat {
                at -= 1
                buffer[at] = .digit0 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 {
                at -= 1
                buffer[at] = .minus
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[at...]))
        }
    }

    /// A number with its original digits.
    public mutating func number(_ value: JSONNumber) {
        separate()
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: JSONNumber.maxTextLength) { buffer in
            let length = value.write(into: buffer)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<length]))
        }
    }

    /// A string, escaped only as RFC 8259 requires.
    public mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { string($0) }
    }

    /// A string from its bytes, which must be UTF-8: for text that never was a `String`.
    public mutating func string(_ utf8: UnsafeBufferPointer<UInt8>) {
        separate()
        bytes.append(.quote)
        var plain = 0
        while true {
            let at = utf8.firstNeedingEscape(from: plain)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[plain..<at]))
            guard at < utf8.count else { break }
            escape(utf8[at])
            plain = at + 1
        }
        bytes.append(.quote)
    }

    /// Any value; recursive, which the parser's depth limit makes safe.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for (name, value) in members {
                key(name)
                self.value(value)
            }
            endObject()
        }
    }

    /// A value that is JSON text already, copied unchanged.
    public mutating func encoded(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    private mutating func separate() {
        if follows { bytes.append(.comma) }
        follows = true
    }

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        follows = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        follows = true
    }

    private mutating func raw(_ word: StaticString) {
        separate()
        bytes.append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(.backslash)
        switch byte {
        case .quote, .backslash: bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            let low = byte & 0x0F
            bytes.append(contentsOf: [UInt8(ascii: "u"), .digit0, .digit0, .digit0 + byte >> 4])
            bytes.append(low < 10 ? .digit0 + low : UInt8(ascii: "a") + low - 10)
        }
    }
}

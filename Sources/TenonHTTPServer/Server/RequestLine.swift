internal import NIOHTTP1

/// The first line of a request (RFC 9112 §3): a method, a target and a version, separated by single spaces.
struct RequestLine {
    let method: HTTPMethod
    let target: String
    let version: HTTPVersion

    private static let http11 = Array(" HTTP/1.1".utf8)
    private static let http10 = Array(" HTTP/1.0".utf8)

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")), space > 0, bytes[..<space].allSatisfy(isTokenByte)
        else { return nil }
        let end = bytes.count - Self.http11.count
        guard end > space + 1 else { return nil }
        let tail = bytes[end...]
        if tail.elementsEqual(Self.http11) {
            version = .http1_1
        } else if tail.elementsEqual(Self.http10) {
            version = .http1_0
        } else {
            return nil
        }
        let target = bytes[(space + 1)..<end]
        guard target.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        method = HTTPMethod(rawValue: String(decoding: bytes[..<space], as: UTF8.self))
        self.target = String(decoding: target, as: UTF8.self)
    }

    /// The size of a chunk (RFC 9112 §7.1): hexadecimal digits, and after a semicolon extensions, which are ignored.
    static func chunkSize(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let digits = bytes.prefix { $0 != UInt8(ascii: ";") }
        guard (1...15).contains(digits.count), areExtensions(bytes[digits.endIndex...]) else { return nil }
        var size = 0
        for byte in digits {
            switch byte {
            case 0x30...0x39: size = size << 4 | Int(byte - 0x30)
            case 0x41...0x46: size = size << 4 | Int(byte - 0x37)
            case 0x61...0x66: size = size << 4 | Int(byte - 0x57)
            default: return nil
            }
        }
        return size
    }

    /// Any number of `;name`, `;name=token` and `;name="text"`.
    private static func areExtensions(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        var rest = bytes
        func takeToken() -> Bool {
            let token = rest.prefix(while: isTokenByte)
            rest = rest[token.endIndex...]
            return !token.isEmpty
        }
        func takeQuoted() -> Bool {
            while let byte = rest.popFirst(), isTextByte(byte) {
                if byte == UInt8(ascii: "\"") { return true }
                if byte == UInt8(ascii: "\\") {
                    guard let escaped = rest.popFirst(), isTextByte(escaped) else { return false }
                }
            }
            return false
        }
        while let first = rest.popFirst() {
            guard first == UInt8(ascii: ";"), takeToken() else { return false }
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest.removeFirst()
            if rest.first == UInt8(ascii: "\"") {
                rest.removeFirst()
                guard takeQuoted() else { return false }
            } else {
                guard takeToken() else { return false }
            }
        }
        return true
    }
}

/// One line of a head (RFC 9112 §5): a name, a colon right after it, and a value.
struct RequestField {
    let name: String
    let value: String

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0, bytes[..<colon].allSatisfy(isTokenByte)
        else { return nil }
        var value = bytes[(colon + 1)...]
        while let first = value.first, isBlank(first) { value = value.dropFirst() }
        while let last = value.last, isBlank(last) { value = value.dropLast() }
        guard value.allSatisfy(isTextByte) else { return nil }
        name = String(decoding: bytes[..<colon], as: UTF8.self)
        self.value = String(decoding: value, as: UTF8.self)
    }
}

/// The end of a body (RFC 9112 §6): by length or by chunks, declared once.
struct BodyFraming {
    private(set) var length: Int?
    private(set) var isChunked = false

    /// False if the field contradicts another one or is unsupported.
    mutating func note(_ name: String, _ value: String) -> Bool {
        switch name.utf8.count {
        case 14 where name.lowercased() == "content-length":
            guard length == nil, !isChunked, let given = Self.number(value) else { return false }
            length = given
        case 17 where name.lowercased() == "transfer-encoding":
            guard length == nil, !isChunked, value.lowercased() == "chunked" else { return false }
            isChunked = true
        default: break
        }
        return true
    }

    private static func number(_ text: String) -> Int? {
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

/// Everything except control characters; bytes beyond ASCII are accepted unchanged (RFC 9110 §5.5).
private func isTextByte(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

/// A byte of method and field names (RFC 9110 §5.6.2).
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
}

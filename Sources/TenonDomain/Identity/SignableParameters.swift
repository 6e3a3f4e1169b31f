internal import TenonKit

/// The query parameters as signatures see them (RFC 9421 §2.2.8), parsed once.
struct SignableParameters {
    static let component = "@query-param"
    /// The maximum number that a signature covers one by one; `@query` covers all.
    static let maxCount = 8

    /// By name; nil for a repeated one.
    private var values: [String: String?] = [:]

    init(_ query: String) {
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.formEncoded(halves[0])
            let value = halves.count == 2 ? Self.formEncoded(halves[1]) : ""
            values.updateValue(values.keys.contains(name) ? nil : value, forKey: name)
        }
    }

    /// The value of the named parameter, which must occur once.
    func value(_ parameters: [StructuredParameter]) throws(SignableRequest.ComponentFault) -> String {
        guard parameters.count == 1, parameters[0].name == "name", case .string(let wanted) = parameters[0].value else {
            throw .unknown
        }
        guard case .some(.some(let value)) = values[wanted] else { throw .missing }
        return value
    }

    /// Decoded as a form, and encoded again with `%20` for a space.
    private static func formEncoded(_ text: Substring.UTF8View) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        var at = text.startIndex
        func digit(_ index: Substring.UTF8View.Index) -> UInt8? {
            index < text.endIndex ? Character(Unicode.Scalar(text[index])).hexDigitValue.map { UInt8($0) } : nil
        }
        while at < text.endIndex {
            var byte = text[at] == UInt8(ascii: "+") ? 0x20 : text[at]
            at = text.index(after: at)
            if byte == UInt8(ascii: "%"), let high = digit(at), let low = digit(text.index(after: at)) {
                byte = high << 4 | low
                at = text.index(at, offsetBy: 2)
            }
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2A, 0x2D, 0x2E, 0x5F: encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}

package import TenonDomain
package import TenonKit

/// One parameter of a query.
package struct QueryParameter: Sendable, Equatable {
    package let name: String
    package let description: String
    /// A JSON Schema.
    package let schema: JSONValue

    package init(_ name: String, _ description: String, schema: JSONValue) {
        self.name = name
        self.description = description
        self.schema = schema
    }
}

/// The parameters of a request's query, each at most once.
package struct QueryReader: Sendable {
    private let values: [String: String]

    package static let empty = QueryReader(values: [:])

    private init(values: [String: String]) {
        self.values = values
    }

    /// Parses `a=1&b=2` (percent-encoded, `+` is a space) and refuses parameters that are not in `known` unless they
    /// are ignored, duplicates, and invalid UTF-8.
    package init(_ query: Substring?, known: [QueryParameter], ignoresOthers: Bool = false) throws(Failure) {
        guard let query, !query.isEmpty else {
            self = .empty
            return
        }
        var values: [String: String] = [:]
        var violations: [Violation] = []
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(halves[0], plusIsSpace: true),
                let value = PercentEncoding.decode(halves.count == 2 ? halves[1] : "", plusIsSpace: true)
            else {
                throw .invalid("invalid_query", "The query must be percent-encoded UTF-8.")
            }
            if !known.contains(where: { $0.name == name }) {
                if ignoresOthers { continue }
                violations.append(
                    Violation(pointer: "?\(name)", code: "unknown_parameter", detail: "unknown parameter"))
            } else if values.updateValue(value, forKey: name) != nil {
                violations.append(
                    Violation(pointer: "?\(name)", code: "duplicate_parameter", detail: "duplicate parameter"))
            }
        }
        guard violations.isEmpty else { throw .invalid(violations) }
        self.values = values
    }

    package func text(_ name: String) -> String? {
        values[name]
    }

    /// A whole number within the range; nil if it is absent.
    package func integer(_ name: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = values[name] else { return nil }
        // `+5` and `007` are numbers to Swift.
        guard let number = Int(text), String(number) == text, range.contains(number) else {
            throw .invalid(
                "invalid_parameter", "must be a whole number from \(range.lowerBound) to \(range.upperBound)",
                at: "?\(name)")
        }
        return number
    }

    /// `true` or `false`; nil if it is absent.
    package func flag(_ name: String) throws(Failure) -> Bool? {
        switch values[name] {
        case nil: nil
        case "true"?: true
        case "false"?: false
        case .some: throw .invalid("invalid_parameter", "must be true or false", at: "?\(name)")
        }
    }

    /// Whether the request is a dry run.
    package var isTrial: Bool {
        get throws(Failure) { try flag(QueryParameter.dryRun.name) ?? false }
    }

    /// One of some names; nil if it is absent.
    package func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String) throws(Failure) -> Choice? {
        guard let text = values[name] else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid("invalid_parameter", "must be one of \(names)", at: "?\(name)")
    }

    /// A text with a rule; nil where it is absent.
    package func value<Value: TextValue>(_ name: String, as _: Value.Type = Value.self) throws(Failure) -> Value? {
        try value(name) { text throws(Violation) in try Value(text) }
    }

    /// A value object; nil if it is absent.
    package func value<Value>(
        _ name: String, as parse: (String) throws(Violation) -> Value
    ) throws(Failure) -> Value? {
        guard let text = values[name] else { return nil }
        do {
            return try parse(text)
        } catch {
            throw .invalid([error.nested(under: "?\(name)")])
        }
    }
}

extension QueryParameter {
    package static let dryRun = QueryParameter(
        "dry_run", "true stores nothing and returns the changes.",
        schema: ["type": "boolean", "default": false])
}

/// Percent-encoding (RFC 3986 §2.1).
package enum PercentEncoding {
    /// Nil for a broken escape, a NUL, and invalid UTF-8.
    package static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        let plain = text.utf8.allSatisfy { $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "+") && $0 != 0 }
        if plain { return String(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(hexDigit), let low = rest.next().flatMap(hexDigit),
                    high | low != 0
                else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            case 0: return nil
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

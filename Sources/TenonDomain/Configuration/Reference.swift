public import TenonKit

/// `${kind:target}` within a text: replaced by another object's value.
public struct Reference: Sendable, Hashable {
    /// Lower-case letters and `_`: `config`, `provider`, `database`.
    public let kind: String
    /// A target for the kind's resolver; without braces.
    public let target: String

    public init(kind: String, target: String) {
        self.kind = kind
        self.target = target
    }

    public var text: String { "${\(kind):\(target)}" }
}

/// A text split at its references. A reference of an unknown kind is text; so is a reference after another `$`, which
/// is removed: `$${config:a}` means the text `${config:a}`.
public struct ReferenceTemplate: Sendable, Equatable {
    public enum Part: Sendable, Equatable {
        case text(String)
        case reference(Reference)
    }

    /// The maximum bytes of a reference, from `$` to `}`.
    static let maxLength = 512

    public let parts: [Part]

    public init(_ text: String, kinds: Set<String>) {
        guard text.utf8.contains(UInt8(ascii: "$")) else {
            parts = [.text(text)]
            return
        }
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var literal: [UInt8] = []
        var at = 0
        while at < bytes.count {
            let isEscaped = bytes[at...].starts(with: "$${".utf8)
            let start = isEscaped ? at + 1 : at
            guard bytes[start] == UInt8(ascii: "$"), let (reference, end) = Self.reference(bytes, at: start, kinds)
            else {
                literal.append(bytes[at])
                at += 1
                continue
            }
            if isEscaped {
                literal += bytes[start..<end]
            } else {
                if !literal.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
                literal = []
                parts.append(.reference(reference))
            }
            at = end
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
        self.parts = parts
    }

    /// The reference, if the whole text is a single one.
    public var only: Reference? {
        if case .reference(let reference)? = parts.first, parts.count == 1 { reference } else { nil }
    }

    public var references: [Reference] {
        parts.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
    }

    private static func reference(
        _ bytes: [UInt8], at start: Int, _ kinds: Set<String>
    ) -> (Reference, end: Int)? {
        guard bytes[start...].starts(with: "${".utf8) else { return nil }
        let inner = bytes[start...].prefix(maxLength).dropFirst(2)
        guard let close = inner.firstIndex(where: { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "{") }),
            bytes[close] == UInt8(ascii: "}"), let colon = inner[..<close].firstIndex(of: UInt8(ascii: ":")),
            colon + 1 < close
        else { return nil }
        let kind = String(decoding: inner[..<colon], as: UTF8.self)
        guard kinds.contains(kind) else { return nil }
        return (Reference(kind: kind, target: String(decoding: inner[(colon + 1)..<close], as: UTF8.self)), close + 1)
    }
}

extension JSONValue {
    /// The references in every string of the value, in order; names of members have none.
    public func references(of kinds: Set<String>) -> [Reference] {
        switch self {
        case .null, .bool, .number: []
        case .string(let text): ReferenceTemplate(text, kinds: kinds).references
        case .array(let items): items.flatMap { $0.references(of: kinds) }
        case .object(let members): members.flatMap { $0.value.references(of: kinds) }
        }
    }
}

/// The target of a `config` reference: `key` in the same namespace, or `namespace/key`.
public struct ConfigAddress: Sendable, Hashable {
    public static let kind = "config"

    public let namespace: NamespaceName
    public let key: ConfigKey

    public init(namespace: NamespaceName, key: ConfigKey) {
        self.namespace = namespace
        self.key = key
    }

    /// The target of a reference, seen from a namespace.
    public init(_ target: String, in namespace: NamespaceName) throws(Violation) {
        let halves = target.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        do {
            self.namespace = halves.count == 2 ? try NamespaceName(halves[0]) : namespace
            key = try ConfigKey(halves[halves.count - 1])
        } catch {
            throw Violation(
                code: "invalid_reference",
                detail: "${config:…} must name a key, or a namespace and a key: ${config:key}, ${config:namespace/key}."
            )
        }
    }

    public var text: String { "\(namespace.text)/\(key.text)" }
}

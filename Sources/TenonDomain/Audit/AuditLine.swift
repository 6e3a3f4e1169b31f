internal import TenonKit

/// The members of one line of an export, located but not parsed: a million of them are checked within seconds, so no
/// line becomes a tree.
///
/// A line has only the members of `AuditExport.members`, written exactly as there: another reader could take an ignored
/// member for one of them, by an escape in its name or by a name that differs in case.
struct AuditLine {
    enum Name: Int {
        case type, seq, hash, id, tenant, actor, action, resourceType, resourceID, outcome, plain, sealed
        case contentDigest, address, userAgent, requestID, traceID, occurredAt, content, chain, madeAt, signed
    }

    private enum Kind {
        case absent, null, plainText, escapedText, number
    }

    private struct Slot {
        var kind = Kind.absent
        var start = 0
        var end = 0
    }

    /// Only valid while the bytes are.
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    private var slots: [Slot]

    /// Nil for anything but a JSON object with known members, each once.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        slots = [Slot](repeating: Slot(), count: AuditExport.members.count)
        guard object() else { return nil }
    }

    // MARK: - Members

    /// Nil if there is no text; escapes are decoded.
    func text(_ name: Name) -> String? {
        let slot = slots[name.rawValue]
        switch slot.kind {
        case .absent, .null, .number: return nil
        case .plainText: return String(validating: bytes[slot.start..<slot.end], as: UTF8.self)
        case .escapedText:
            let quoted = Array(bytes[(slot.start - 1)...slot.end])
            return (try? JSONParser.parse(quoted))?.stringValue
        }
    }

    /// At most 16 digits.
    func integer(_ name: Name) -> Int64? {
        let slot = slots[name.rawValue]
        guard slot.kind == .number, slot.end - slot.start <= 16 else { return nil }
        var number: Int64 = 0
        for byte in bytes[slot.start..<slot.end] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return number
    }

    func base64(_ name: Name) -> [UInt8]? {
        let slot = slots[name.rawValue]
        guard slot.kind == .plainText else { return nil }
        return Base64URL.decode(utf8: UnsafeBufferPointer(rebasing: bytes[slot.start..<slot.end]))
    }

    func isMissing(_ name: Name) -> Bool {
        slots[name.rawValue].kind == .absent
    }

    /// Whether it has no members of heads.
    var isRecord: Bool { areMissing(Name.chain.rawValue..<slots.count) }

    /// Whether it has no members of records, so that it cannot be mistaken for one.
    var isHead: Bool { isMissing(.id) && areMissing(Name.actor.rawValue..<Name.chain.rawValue) }

    private func areMissing(_ range: Range<Int>) -> Bool {
        slots[range].allSatisfy { $0.kind == .absent }
    }

    /// The text as it is hashed. False for anything but text, null or a missing member.
    func append(_ name: Name, to fields: inout AuditFields) -> Bool {
        let slot = slots[name.rawValue]
        switch slot.kind {
        case .absent, .null: fields.append(nil)
        case .plainText: fields.append(bytes: bytes[slot.start..<slot.end])
        case .escapedText:
            guard let text = text(name) else { return false }
            fields.append(text)
        case .number: return false
        }
        return true
    }

    // MARK: - Locating members

    private mutating func object() -> Bool {
        skipSpace()
        guard take(UInt8(ascii: "{")) else { return false }
        skipSpace()
        var expected = 0
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                guard let name = string() else { return false }
                skipSpace()
                guard take(UInt8(ascii: ":")) else { return false }
                skipSpace()
                guard let index = member(name, expected), slots[index].kind == .absent, let slot = value() else {
                    return false
                }
                slots[index] = slot
                expected = index + 1
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { return false }
        }
        skipSpace()
        return at == bytes.count
    }

    /// Members are usually in this order.
    private func member(_ name: Slot, _ expected: Int) -> Int? {
        if expected < AuditExport.members.count, isName(name, expected) { return expected }
        return AuditExport.members.indices.first { isName(name, $0) }
    }

    private func isName(_ slot: Slot, _ index: Int) -> Bool {
        let name = AuditExport.members[index]
        guard slot.kind == .plainText, slot.end - slot.start == name.utf8CodeUnitCount else { return false }
        for offset in 0..<name.utf8CodeUnitCount where bytes[slot.start + offset] != name.utf8Start[offset] {
            return false
        }
        return true
    }

    /// Null, a number or a text.
    private mutating func value() -> Slot? {
        guard at < bytes.count else { return nil }
        switch bytes[at] {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "n"): return word("null") ? Slot(kind: .null) : nil
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            let start = at
            number()
            return Slot(kind: .number, start: start, end: at)
        default: return nil
        }
    }

    private mutating func string() -> Slot? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var slot = Slot(kind: .plainText, start: at)
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                slot.end = at
                at += 1
                return slot
            case UInt8(ascii: "\\"):
                slot.kind = .escapedText
                at += 2
            case 0..<0x20: return nil
            default: at += 1
            }
        }
        return nil
    }

    private mutating func number() {
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                at += 1
            default: return
            }
        }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count - at >= count else { return false }
        for offset in 0..<count where bytes[at + offset] != word.utf8Start[offset] { return false }
        at += count
        return true
    }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0D { at += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }
}

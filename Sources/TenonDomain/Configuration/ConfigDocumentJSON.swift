internal import TenonKit

/// A JSON document with the lines of potential items.
enum ConfigDocumentJSON {
    static func parse(
        _ bytes: [UInt8], limits: JSONLimits, charging budget: RequestBudget
    ) throws(Failure) -> ConfigDocumentTree {
        let parsed = try budget.charge { budget throws(KitError) in
            try bytes.withUnsafeBufferPointer { buffer throws(KitError) in
                try JSONParser.parse(UnsafeRawBufferPointer(buffer), limits: limits, charging: budget)
            }
        }
        try budget.spend(bytes.count / 4)
        switch parsed {
        case .success(let value):
            let lines = ConfigDocumentLines(bytes[...])
            return ConfigDocumentTree(value: value, memberLines: lines.members, configLines: lines.configs)
        case .failure(let error): throw .invalid([violation(error, in: bytes)])
        }
    }

    private static func violation(_ error: JSONError, in bytes: [UInt8]) -> Violation {
        if error.code == .duplicateMember {
            // The member of the outermost object that the pointer leads to, if any.
            let lines = ConfigDocumentLines(bytes[..<error.offset])
            for (name, line) in zip(lines.names, lines.members)
            where sameBytes(Violation.pointer(to: name), error.pointer) {
                return .duplicateKey(name, line: error.line, first: line, pointer: error.pointer)
            }
        }
        let place = "Line \(error.line), column \(error.column): "
        return Violation(
            pointer: error.pointer, code: error.code.rawValue,
            detail: "Line \(error.line): \(error.detail.dropFirst(place.count))")
    }
}

/// Finds the lines on which the items of a JSON text begin. One pass over the text, or its part before an error, which
/// must be well-formed.
struct ConfigDocumentLines {
    /// The names of the outermost object's members.
    private(set) var names: [String] = []
    /// The line of each of them.
    private(set) var members: [Int] = []
    /// The line of each element of the member `configs`.
    private(set) var configs: [Int] = []

    init(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBufferPointer { scan($0) }
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        var line = 1
        var depth = 0
        // In the two outermost levels: whether a name, or an element of `configs`, comes next.
        var expectsName = false
        var expectsElement = false
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            if expectsElement, byte > 0x20, byte != .closeBracket {
                configs.append(line)
                expectsElement = false
            }
            switch byte {
            case .newline: line += 1
            case .openBrace, .openBracket:
                depth += 1
                expectsName = depth == 1 && byte == .openBrace
                expectsElement = depth == 2 && byte == .openBracket && names.last == "configs"
            case .closeBrace, .closeBracket:
                depth -= 1
                expectsElement = false
            case .comma:
                expectsName = depth == 1 && !names.isEmpty
                expectsElement = depth == 2 && !configs.isEmpty && names.last == "configs"
            case .quote:
                let start = at
                at = Self.end(ofStringAt: at, in: bytes)
                if expectsName, at < bytes.count {
                    let name = try? JSONParser.parse(Array(bytes[start...at]))
                    names.append(name?.stringValue ?? "")
                    members.append(line)
                    expectsName = false
                }
            default: break
            }
            at += 1
        }
    }

    /// The position of the closing quote, or after the end.
    private static func end(ofStringAt start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var at = start + 1
        while at < bytes.count, bytes[at] != .quote { at += bytes[at] == .backslash ? 2 : 1 }
        return at
    }
}

extension JSONPatch {
    /// The value after all operations. Fails with `patch_failed`, pointing to the operation that failed; the error
    /// contains nothing of the value. Each operation takes time proportional to the arrays and objects on its path.
    public func applied(to value: JSONValue) throws(KitError) -> JSONValue {
        var value = value
        for (place, operation) in operations.enumerated() {
            do throws(Fault) {
                try operation.apply(to: &value)
            } catch {
                throw .invalid("patch_failed", error.detail, at: "/\(place)")
            }
        }
        return value
    }

    fileprivate struct Fault: Error {
        let detail: String

        static var nothingThere: Fault { Fault(detail: "The operation's path does not exist.") }
    }
}

extension JSONPatch.Operation {
    fileprivate func apply(to value: inout JSONValue) throws(JSONPatch.Fault) {
        switch self {
        case .add(let path, let new): try value.add(new, at: Self.tokens(path))
        case .remove(let path): _ = try value.remove(at: Self.tokens(path))
        case .replace(let path, let new): try value.update(at: Self.tokens(path)) { $0 = new }
        case .move(let from, let path):
            let (source, target) = (try Self.tokens(from), try Self.tokens(path))
            if target.count > source.count, target.starts(with: source) {
                throw JSONPatch.Fault(detail: "A value must not be moved into itself.")
            }
            let moved = try value.remove(at: source)
            try value.add(moved, at: target)
        case .copy(let from, let path):
            var copied = JSONValue.null
            try value.update(at: Self.tokens(from)) { copied = $0 }
            try value.add(copied, at: Self.tokens(path))
        case .test(let path, let expected):
            var isEqual = false
            try value.update(at: Self.tokens(path)) { isEqual = $0 == expected }
            guard isEqual else { throw JSONPatch.Fault(detail: "The value differs from the tested one.") }
        }
    }

    /// The reference tokens of a pointer, unescaped.
    private static func tokens(_ pointer: String) throws(JSONPatch.Fault) -> ArraySlice<ExactText> {
        guard let tokens = JSONPathStep.tokens(ofPointer: pointer) else {
            throw JSONPatch.Fault(detail: "The path must be a JSON Pointer.")
        }
        return tokens.map { ExactText(text: $0) }[...]
    }
}

extension JSONValue {
    /// Changes the value at the end of the tokens.
    fileprivate mutating func update(
        at tokens: ArraySlice<ExactText>, _ change: (inout JSONValue) throws(JSONPatch.Fault) -> Void
    ) throws(JSONPatch.Fault) {
        guard let token = tokens.first?.text else { return try change(&self) }
        switch self {
        case .array(var elements):
            guard let index = Self.index(token, below: elements.count) else { throw .nothingThere }
            self = .null  // Leaves the elements with one owner, so that they are changed in place.
            defer { self = .array(elements) }
            try elements[index].update(at: tokens.dropFirst(), change)
        case .object(var members):
            guard var member = members[token] else { throw .nothingThere }
            self = .null
            defer { self = .object(members) }
            try member.update(at: tokens.dropFirst(), change)
            members[token] = member
        case .null, .bool, .number, .string: throw .nothingThere
        }
    }

    fileprivate mutating func add(_ new: JSONValue, at tokens: ArraySlice<ExactText>) throws(JSONPatch.Fault) {
        guard let token = tokens.last?.text else {
            self = new
            return
        }
        try update(at: tokens.dropLast()) { parent throws(JSONPatch.Fault) in
            switch parent {
            case .array(var elements):
                let end = elements.count
                guard let index = token == "-" ? end : Self.index(token, below: end + 1) else { throw .nothingThere }
                parent = .null
                elements.insert(new, at: index)
                parent = .array(elements)
            case .object(var members):
                parent = .null
                members[token] = new
                parent = .object(members)
            case .null, .bool, .number, .string: throw .nothingThere
            }
        }
    }

    fileprivate mutating func remove(at tokens: ArraySlice<ExactText>) throws(JSONPatch.Fault) -> JSONValue {
        guard let token = tokens.last?.text else {
            throw JSONPatch.Fault(detail: "The whole value cannot be removed.")
        }
        var removed = JSONValue.null
        try update(at: tokens.dropLast()) { parent throws(JSONPatch.Fault) in
            switch parent {
            case .array(var elements):
                guard let index = Self.index(token, below: elements.count) else { throw .nothingThere }
                parent = .null
                removed = elements.remove(at: index)
                parent = .array(elements)
            case .object(var members):
                guard let member = members[token] else { throw .nothingThere }
                parent = .null
                removed = member
                members[token] = nil
                parent = .object(members)
            case .null, .bool, .number, .string: throw .nothingThere
            }
        }
        return removed
    }

    /// An index in the format of RFC 6901: digits without a leading zero.
    private static func index(_ token: String, below end: Int) -> Int? {
        guard token.utf8.allSatisfy(\.isDigit), token == "0" || token.utf8.first != .digit0 else { return nil }
        return Int(token).flatMap { $0 < end ? $0 : nil }
    }
}

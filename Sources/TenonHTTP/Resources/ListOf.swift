internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// A list in a body. `Kind` declares once what the reader, the writer and the schema need.
struct ListOf<Kind: ListKind>: FieldValue, ReplyValue {
    let items: [Kind.Element]

    init(_ items: [Kind.Element]) {
        self.items = items
    }

    /// By their names.
    init(_ items: Set<Kind.Element>) where Kind.Element: Named {
        self.items = items.sorted { $0.name < $1.name }
    }

    var set: Set<Kind.Element> { Set(items) }
}

/// An element that is sorted by its name because it has no order of its own.
protocol Named {
    var name: String { get }
}

extension Permission: Named {}
extension Role: Named {}

/// What a list holds, and its rule.
protocol ListKind: Sendable {
    associatedtype Element: FieldValue & ReplyValue & Hashable
    static var rule: ListRule { get }
}

/// How many items a list has, and the codes of its violations.
struct ListRule: Sendable {
    let count: ClosedRange<Int>
    /// Of a list that is too short or too long.
    let code: String
    /// The code of a value that is not a list.
    let typeCode: String
    /// Of an item that is no value; nil for the item's own code.
    let itemCode: String?
    /// Of an item that is there twice; nil where the second one changes nothing.
    let duplicateCode: String?
    /// Whether a duplicate is a violation of the item, and not of the whole list.
    let namesDuplicates: Bool
    let example: [String]

    init(
        _ count: ClosedRange<Int>, code: String, typeCode: String = "wrong_type", itemCode: String? = nil,
        duplicateCode: String? = nil, namesDuplicates: Bool = true, example: [String]
    ) {
        self.count = count
        self.code = code
        self.typeCode = typeCode
        self.itemCode = itemCode
        self.duplicateCode = duplicateCode
        self.namesDuplicates = namesDuplicates
        self.example = example
    }

    /// A JSON Schema.
    fileprivate func schema(of item: JSONValue) -> JSONValue {
        var schema = JSONObject()
        schema["type"] = "array"
        if count.lowerBound > 0 { schema["minItems"] = .integer(Int64(count.lowerBound)) }
        schema["maxItems"] = .integer(Int64(count.upperBound))
        if duplicateCode != nil { schema["uniqueItems"] = true }
        schema["items"] = item
        return .object(schema)
    }

    fileprivate func check(_ found: Int) throws(Failure) {
        guard !count.contains(found) else { return }
        let bounds =
            count.lowerBound == 0 ? "at most \(count.upperBound)" : "\(count.lowerBound) to \(count.upperBound)"
        throw .invalid(code, "must have \(bounds) items, got \(found)")
    }
}

extension ListOf {
    /// The violations point to the items.
    init(field value: JSONValue) throws(Failure) {
        let rule = Kind.rule
        guard let values = value.arrayValue else {
            throw .invalid(rule.typeCode, "must be an array, got \(value.kindName)")
        }
        try rule.check(values.count)
        var items: [Kind.Element] = []
        var seen: Set<Kind.Element> = []
        var violations: [Violation] = []
        for (place, value) in values.enumerated() {
            do throws(Failure) {
                let item = try Kind.Element(field: value)
                if seen.insert(item).inserted {
                    items.append(item)
                } else if let code = rule.duplicateCode {
                    let pointer = rule.namesDuplicates ? "/\(place)" : ""
                    violations.append(Violation(pointer: pointer, code: code, detail: "Duplicate entry."))
                }
            } catch {
                violations += error.violations.map { found in
                    Violation(
                        pointer: "/\(place)\(found.pointer)", code: rule.itemCode ?? found.code, detail: found.detail)
                }
            }
        }
        guard violations.isEmpty else { throw .invalid(violations) }
        self.items = items
    }

    func write(to writer: inout JSONWriter) { items.write(to: &writer) }

    static var schema: JSONValue { Kind.rule.schema(of: Kind.Element.schema) }
    static var exampleJSON: JSONValue { .array(Kind.rule.example.map { .string($0) }) }

    /// The example is part of the code: one that is refused is found by every test of the catalog.
    static var example: Self {
        do {
            return try Self(field: exampleJSON)
        } catch {
            preconditionFailure("The example of \(Self.self) is refused: \(error.detail)")
        }
    }
}

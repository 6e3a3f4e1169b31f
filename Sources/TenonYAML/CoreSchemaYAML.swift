public import TenonDomain
public import TenonKit

/// YAML 1.2 with its core schema, as JSON values.
///
/// A plain scalar is null (`null`, `~`, nothing), a boolean (`true`, `false`), a number (decimal, `0x`, `0o`, with
/// fraction and exponent) or else a string: `yes`, `2026-01-01` and `12:30` are strings. `.inf` and `.nan` are refused,
/// and so is every tag outside the core schema. The key of a mapping is a scalar, read as text. Anchors, aliases and
/// merge keys (`<<`) work within limits.
public struct CoreSchemaYAML: YAMLCodec {
    public init() {}

    public func parse(
        _ bytes: [UInt8], limits: JSONLimits, charging budget: RequestBudget = .unlimited
    ) throws(Failure) -> ConfigDocumentTree {
        let input = YAMLInput(bytes, charging: budget)
        do throws(Violation) {
            var composer = try YAMLComposer(YAMLEvents(input), limits)
            return try composer.document()
        } catch {
            if let failure = input.failure { throw failure }
            throw .invalid([error])
        }
    }

    public func print(_ value: JSONValue) -> [UInt8] {
        var printer = YAMLPrinter()
        printer.document(value)
        return Array(printer.text.utf8)
    }
}

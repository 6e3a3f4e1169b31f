import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct OpenAPIComponentTests {
    @Test("every reference has a target, and every component is referred to")
    func references() async throws {
        try await ServedTenon.with { tenon in
            let document = OpenAPIDocument(tenon.catalog).json
            let references = Set(document.references)
            #expect(references.count > 100)
            for reference in references {
                #expect(document.resolving(["$ref": .string(reference)])?.objectValue != nil, "\(reference)")
            }
            for kind in ["schemas", "parameters", "responses", "examples", "headers"] {
                for (name, _) in document["components"]?[kind]?.objectValue ?? JSONObject() {
                    #expect(references.contains("#/components/\(kind)/\(name)"))
                }
            }
        }
    }

    @Test(
        "every problem of every operation is one of the shared responses, with one schema and an example of each kind")
    func problems() async throws {
        try await ServedTenon.with { tenon in
            let document = OpenAPIDocument(tenon.catalog).json
            for entry in tenon.catalog.entries {
                let operation = entry.operation
                let path = document["paths"]?[operation.canonicalPath]?[operation.method.rawValue.lowercased()]
                let responses = try #require(path?["responses"]?.objectValue)
                var codes: Set<String> = []
                for (status, reference) in responses where status == "default" || status >= "400" {
                    let response = document.resolving(reference)
                    let content = response?["content"]?["application/problem+json"]
                    guard status != "503" || content != nil else { continue }
                    #expect(reference["$ref"] != nil)
                    #expect(content?["schema"] == ["$ref": "#/components/schemas/Problem"])
                    for (code, example) in content?["examples"]?.objectValue ?? JSONObject() {
                        codes.insert(code)
                        let value = document.resolving(example)?["value"]
                        #expect(value?["code"]?.stringValue == code)
                        #expect(value?["status"]?.description == status)
                    }
                }
                let declared = Set(operation.failures.map(\.slug))
                #expect(declared.isSubset(of: codes), "\(operation.id)")
            }
        }
    }
}

extension JSONValue {
    /// What the value refers to within this document; the value itself where it is no reference.
    func resolving(_ value: JSONValue) -> JSONValue? {
        guard let reference = value["$ref"]?.stringValue else { return value }
        return reference.split(separator: "/").dropFirst().reduce(self) { $0?[String($1)] }
    }

    /// Every `$ref` in it.
    fileprivate var references: [String] {
        if let elements = arrayValue { return elements.flatMap(\.references) }
        guard let object = objectValue else { return [] }
        return object.flatMap { name, value in
            name == "$ref" ? [value.stringValue].compactMap { $0 } : value.references
        }
    }
}

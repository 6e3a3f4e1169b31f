import Foundation
import TenonKit
import Testing

/// The required tests of the public JSON Schema Test Suite for draft 2020-12, which `deploy/fetch-json-schema-suite`
/// (part of `make test`) puts into `.build`. Without them it is skipped.
@Suite(
    .enabled(if: JSONSchemaSuite.isThere, "deploy/fetch-json-schema-suite .build/json-schema-suite fetches the suite"))
struct JSONSchemaSuiteTests {
    @Test("the required cases of the public suite are judged as it says, those aside that need other documents")
    func required() throws {
        var (ran, leftOut) = (0, 0)
        for file in try JSONSchemaSuite.files() {
            for group in try JSONSchemaSuite.groups(of: file) {
                let cases = try #require(group["tests"]?.arrayValue)
                let name = "\(file): \(group["description"]?.stringValue ?? "")"
                if let code = JSONSchemaSuite.needingOtherDocuments[file, default: [:]].first(where: { description, _ in
                    description == "*" || description == group["description"]?.stringValue
                })?.value {
                    leftOut += cases.count
                    #expect(Self.refusal(of: try #require(group["schema"])) == code, "\(name)")
                    continue
                }
                let schema = try JSONSchema(try #require(group["schema"]))
                for test in cases {
                    let violations = try schema.violations(of: try #require(test["data"]))
                    ran += 1
                    #expect(
                        violations.isEmpty == test["valid"]?.boolValue,
                        "\(name), \(test["description"]?.stringValue ?? ""): \(violations)")
                }
            }
        }
        print("JSON Schema Test Suite: \(ran) cases ran, \(leftOut) that need other documents were left out")
        #expect(ran > 1200 && leftOut < 60)
    }

    /// The code of the one violation that a schema is refused with.
    private static func refusal(of schema: JSONValue) -> String? {
        do {
            _ = try JSONSchema(schema)
            return nil
        } catch {
            return error.violations.first?.code
        }
    }
}

private enum JSONSchemaSuite {
    /// The groups that are left out, by file and description, with what their schemas are refused with instead:
    /// nothing is ever fetched. `*` is every group of the file.
    static let needingOtherDocuments: [String: [String: String]] = [
        // The references lead to documents on a server of the suite's.
        "refRemote.json": ["*": "remote_reference"],
        // So do the meta-schemas that these schemas say they are of.
        "vocabulary.json": ["*": "unsupported_dialect"],
        // tree.json, extendible-dynamic-ref.json and detached-dynamicref.json are such documents.
        "dynamicRef.json": [
            "strict-tree schema, guards against misspelled properties": "remote_reference",
            "tests for implementation dynamic anchor and reference link": "remote_reference",
            "$ref and $dynamicAnchor are independent of order - $defs first": "remote_reference",
            "$ref and $dynamicAnchor are independent of order - $ref first": "remote_reference",
            "$ref to $dynamicRef finds detached $dynamicAnchor": "remote_reference",
        ],
    ]

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../.build/json-schema-suite").standardizedFileURL

    static var isThere: Bool { FileManager.default.fileExists(atPath: folder.appending(path: ".version").path) }

    static func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
    }

    static func groups(of file: String) throws -> [JSONValue] {
        // The parser takes no U+0000, which two groups compare with: another control character does as well.
        let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            .replacing(#"\u0000"#, with: #"\u0001"#)
        return try #require(JSONParser.parse(text).arrayValue)
    }
}

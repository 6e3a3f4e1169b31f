internal import TenonApplication
package import TenonDomain
internal import TenonHTTPServer
package import TenonKit

/// The scopes of a key: names of permissions, without duplicates.
enum KeyScopes: ListKind {
    typealias Element = Permission
    static let rule = ListRule(
        1...Permission.all.count, code: "invalid_scopes", typeCode: "invalid_scopes", itemCode: "unknown_scope",
        duplicateCode: "duplicate_scope", example: [Permission.configsRead.name])
}

extension AllowedNetworks: FieldValue, ReplyValue {
    package init(field value: JSONValue) throws(Failure) {
        let texts = value.arrayValue?.compactMap(\.stringValue)
        guard let texts, texts.count == value.arrayValue?.count else {
            throw .invalid("wrong_type", "must be an array of strings")
        }
        try self.init(texts)
    }

    package static var schema: JSONValue {
        [
            "type": "array", "maxItems": .integer(Int64(maximum)), "uniqueItems": true,
            "items": ["type": "string", "maxLength": 49],
            "description": "In CIDR notation, such as 10.0.0.0/8. Without any, the key can be used from anywhere.",
        ]
    }
    package func write(to writer: inout JSONWriter) { texts.write(to: &writer) }
    package static var example: AllowedNetworks { .any }
    package static var exampleJSON: JSONValue { ["10.0.0.0/8"] }
}

/// How long the previous secret stays valid, in whole seconds.
struct OverlapField: FieldValue {
    let overlap: Duration

    init(field value: JSONValue) throws(Failure) {
        guard let seconds = value.numberValue?.int64, (0...Self.maximum).contains(seconds) else {
            throw .invalid("out_of_range", "must be 0 to \(Self.maximum) seconds")
        }
        overlap = .seconds(seconds)
    }

    private init(_ overlap: Duration) {
        self.overlap = overlap
    }

    private static let maximum = APIKeyCredential.maxOverlap.milliseconds / 1000
    private static let standard = APIKeyCredential.standardOverlap.milliseconds / 1000

    static var schema: JSONValue {
        ["type": "integer", "minimum": 0, "maximum": .integer(maximum), "default": .integer(standard)]
    }
    static var example: OverlapField { OverlapField(APIKeyCredential.standardOverlap) }
    static var exampleJSON: JSONValue { .integer(standard) }
}

/// How requests with the key are signed.
struct SigningField: ObjectFieldValue {
    let choice: SigningChoice

    static var exampleMembers: Set<String> { [] }

    static var relations: JSONObject {
        func algorithm(_ algorithm: MessageSignatureAlgorithm, _ publicKey: JSONValue) -> JSONValue {
            [
                "properties": [
                    "algorithm": ["type": "string", "const": .string(algorithm.rawValue)], "public_key": publicKey,
                ],
                "required": algorithm == .ed25519 ? ["algorithm", "public_key"] : ["algorithm"],
            ]
        }
        return .oneOf(algorithm(.hmacSHA256, ["type": "null"]), algorithm(.ed25519, ["type": "string"]))
    }

    init(from fields: inout FieldReader) {
        let algorithm: MessageSignatureAlgorithm = fields.required("algorithm")
        let publicKey: PublicKeyField? = fields.optional("public_key")
        choice = fields.derived(orPlaceholder: .hmacSHA256) { () throws(Failure) in
            switch (algorithm, publicKey) {
            case (.hmacSHA256, nil): return .hmacSHA256
            case (.ed25519, let key?): return .ed25519(publicKey: key.bytes)
            case (.hmacSHA256, _):
                throw .invalid(
                    "unexpected", "must be omitted: the secret of hmac-sha256 is generated here", at: "/public_key")
            case (.ed25519, nil): throw .invalid("missing", "required for ed25519", at: "/public_key")
            }
        }
    }

    private init(_ choice: SigningChoice) {
        self.choice = choice
    }

    static var example: SigningField { SigningField(.hmacSHA256) }
}

extension MessageSignatureAlgorithm: ChoiceFieldValue {}

extension APIKeyStatus: ChoiceFieldValue {}

/// 32 bytes in base 64, with or without padding.
struct PublicKeyField: TextFieldValue {
    let bytes: [UInt8]

    init(_ text: String) throws(Violation) {
        let padded = text.utf8.count == 43 ? text + "=" : text
        guard let bytes = Base64.decode(padded), bytes.count == 32 else {
            throw Violation(
                code: "invalid_public_key", detail: "must be an Ed25519 public key: 32 bytes in base 64")
        }
        self.bytes = bytes
    }

    /// The last of 43 digits has 4 bits.
    static var schema: JSONValue {
        ["type": "string", "pattern": "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$"]
    }
    static var exampleText: String { "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=" }
}

internal import ArgumentParser
internal import Glibc
internal import TenonClient
internal import TenonCrypto
internal import TenonDomain
internal import TenonKit

/// `tenon audit export | verify FILE`
struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Export and verify the audit log.",
        subcommands: [Export.self, Verify.self])

    struct Export: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the log as JSON lines, with the signed heads of its chain.",
            discussion: "--after prints only later records; append them to the earlier export.")

        @OptionGroup var client: ClientOptions
        @Option(help: "The seq of the last exported record.") var after: Int64 = 0
        @Option(help: "Another tenant's id, for platform administrators.") var tenant: String?

        func run(_ session: ClientSession) async throws(Failure) {
            var last = after
            while true {
                let lines = try await session.api.send(
                    APIRequest(.get, "audit-logs", "export").parameter("after", "\(last)").parameter("tenant", tenant)
                ).body
                guard !lines.isEmpty else { return }
                session.output.write(lines)
                last = try Self.lastSequence(of: lines)
            }
        }

        /// That of the last line, a head or a record.
        private static func lastSequence(of lines: [UInt8]) throws(Failure) -> Int64 {
            let line = lines.split(separator: UInt8(ascii: "\n")).last.map(Array.init) ?? []
            guard let sequence = (try? JSONParser.parse(line))?["seq"]?.numberValue?.int64 else {
                throw Failure(.unexpectedAnswer, "The server's response is not an export of an audit log.")
            }
            return sequence
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify that an export is complete and unchanged; needs no server.",
            discussion: """
                Recomputes the chain from its first record to its last and compares it with the signed heads, one of \
                which must cover the last record. Checks their signatures with the keys of --keys or --server. \
                Exits with 1 if something is wrong, and prints the problem and its location.
                """)

        @OptionGroup var client: ClientOptions
        @Argument(help: "The export; - is standard input.", completion: .file()) var file: String
        @Option(help: "JWK Set of the keys that signed the heads.", completion: .file()) var keys: String?

        func run() async throws {
            var finding: AuditFinding?
            try await CommandFailure.exiting { () throws(Failure) in
                let keys = try await trustedKeys()
                var check = AuditExportCheck(
                    hashing: OpenSSLChainHash(), receipts: keys.map { ReceiptVerification(keys: $0) })
                finding = try InputFile.pieces(of: file) { check.take($0) } ?? check.finish()
                if finding == nil, check.tenant == nil {
                    throw .invalid("empty_export", "\(file) is empty.")
                }
                report(check, finding, hasKeys: keys != nil)
            }
            if finding != nil { throw ExitCode.failure }
        }

        /// Nil if no keys are named.
        private func trustedKeys() async throws(Failure) -> [PublicSigningKey]? {
            if let keys { return try Self.keys(in: InputFile.bytes(of: keys), named: keys) }
            guard client.server != nil else { return nil }
            let options = try ResolvedOptions(client)
            options.warn()
            var found: [PublicSigningKey] = []
            try await options.withTransport { transport throws(Failure) in
                let api = APIClient(over: transport, as: try options.credential(over: transport))
                let answer = try await api.send(APIRequest(.get, "audit-logs", "keys"))
                found = try Self.keys(in: answer.body, named: "The server's response")
            }
            return found
        }

        /// The Ed25519 keys of a JWK Set (RFC 7517, RFC 8037).
        private static func keys(in bytes: [UInt8], named name: String) throws(Failure) -> [PublicSigningKey] {
            guard let keys = (try? JSONParser.parse(bytes))?["keys"]?.arrayValue else {
                throw .invalid("invalid_jwk_set", "\(name) must be a JWK Set.")
            }
            let known = keys.compactMap { key -> PublicSigningKey? in
                guard key["kty"]?.stringValue == "OKP", key["crv"]?.stringValue == "Ed25519",
                    let id = key["kid"]?.stringValue,
                    let bytes = key["x"]?.stringValue.flatMap({ Base64URL.decode($0) })
                else { return nil }
                return PublicSigningKey(keyID: id, ed25519: bytes)
            }
            guard !known.isEmpty else { throw .invalid("invalid_jwk_set", "\(name) must contain an Ed25519 key.") }
            return known
        }

        private func report(_ check: AuditExportCheck, _ finding: AuditFinding?, hasKeys: Bool) {
            let output = Output()
            guard !client.json else {
                var answer = JSONObject()
                answer["valid"] = .bool(finding == nil)
                answer["tenant_id"] = check.tenant.map { .string($0.description) } ?? .null
                answer["chain"] = check.place.map { .string($0.name) } ?? .null
                answer["records"] = .integer(check.sequence)
                answer["heads"] = .integer(Int64(check.heads))
                answer["signed_through"] = .integer(check.signed)
                answer["signatures_checked"] = .bool(hasKeys)
                if let finding {
                    answer["finding"] = [
                        "kind": .string(finding.kind.rawValue), "seq": .integer(finding.sequence),
                        "line": .integer(Int64(check.lines)),
                        "record_id": finding.record.map { .string($0.description) } ?? .null,
                    ]
                }
                return output.line(JSONValue.object(answer).pretty())
            }
            if let finding {
                let record = finding.record.map { ", record \($0)" } ?? ""
                output.line(
                    "invalid: \(finding.kind.rawValue) at seq \(finding.sequence)\(record), line \(check.lines); "
                        + "signed through seq \(check.signed)")
            } else {
                let chain = check.place.map { " of \($0.tenant), \($0.name) chain" } ?? ""
                output.line("valid: \(check.sequence) records\(chain), \(check.heads) signed heads")
            }
            if !hasKeys { output.line("signatures were not checked: name the keys with --keys or --server") }
        }
    }
}

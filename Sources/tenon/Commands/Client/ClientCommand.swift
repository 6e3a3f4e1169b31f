internal import ArgumentParser
internal import FoundationEssentials
internal import TenonClient
internal import TenonDomain
internal import TenonKit

/// A command that calls a server.
protocol ClientCommand: AsyncParsableCommand {
    var client: ClientOptions { get }

    func run(_ session: ClientSession) async throws(Failure)
}

extension ClientCommand {
    func run() async throws {
        try await CommandFailure.exiting { () throws(Failure) in
            let options = try ResolvedOptions(client)
            options.warn()
            try await options.withTransport { transport throws(Failure) in
                try await run(
                    ClientSession(
                        api: APIClient(over: transport, as: try options.credential(over: transport)),
                        output: Output(), isJSON: client.json))
            }
        }
    }
}

/// The dependencies of a client command.
struct ClientSession: Sendable {
    let api: APIClient
    let output: Output
    let isJSON: Bool

    /// Prints the API's JSON with `--json`, and text otherwise.
    func answer(_ json: JSONValue, _ text: () -> Void) {
        if isJSON { output.line(json.pretty()) } else { text() }
    }
}

/// The options of every client command.
struct ClientOptions: ParsableArguments {
    @Option(help: "The server's address. Default: TENON_SERVER, or the server of the last login.") var server: String?
    @Option(
        help: "PEM file of trusted certificate authorities, instead of the system's. Default: SSL_CERT_FILE.",
        completion: .file())
    var caFile: String?
    @Flag(help: "Print the API's JSON.") var json = false
}

/// The namespace of a command.
struct NamespaceOptions: ParsableArguments {
    @Option(
        name: [.customShort("n"), .long], help: "The namespace's name or id. Default: TENON_NAMESPACE.",
        completion: .custom(Completions.namespaces))
    var namespace: String?

    func validate() throws {
        guard named != nil else {
            throw ValidationError("Name the namespace with --namespace or TENON_NAMESPACE.")
        }
    }

    var named: String? { namespace ?? ResolvedOptions.variable("TENON_NAMESPACE") }

    func id(at session: ClientSession) async throws(Failure) -> String {
        try await session.api.namespaceID(named ?? "")
    }
}

/// The options of a command, with defaults from the environment and the stored credentials.
struct ResolvedOptions {
    static let standardServer = "http://127.0.0.1:8000"

    let server: ServerAddress
    private let authorities: String?
    private let file: CredentialsFile?

    init(_ options: ClientOptions) throws(Failure) {
        file = CredentialsFile.standard(ProcessInfo.processInfo.environment)
        if let named = options.server ?? Self.variable("TENON_SERVER") {
            server = try ServerAddress(named)
        } else if let current = try file?.read().current {
            server = current
        } else {
            server = try ServerAddress(Self.standardServer)
        }
        authorities = options.caFile ?? Self.variable("SSL_CERT_FILE")
    }

    /// An environment variable; nil if it is unset or empty.
    static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Warns if the connection can be read by others.
    func warn() {
        guard server.isPlain, !server.isLoopback else { return }
        Output.complain("warning: \(server) is not encrypted; others on the network can read the traffic")
    }

    /// Lends connections to the server.
    func withTransport(_ body: (HTTPTransport) async throws(Failure) -> Void) async throws(Failure) {
        let transport = try HTTPTransport(to: server, trusting: authorities, as: "tenon/\(Version.product)")
        do throws(Failure) {
            try await body(transport)
        } catch {
            await transport.close()
            throw error
        }
        await transport.close()
    }

    func credential(over transport: HTTPTransport) throws(Failure) -> APIClient.Credential {
        if let token = Self.variable("TENON_TOKEN") { return .token(Secret(token)) }
        return .session(try session(over: transport))
    }

    func session(over transport: HTTPTransport) throws(Failure) -> StoredSession {
        guard let file else {
            throw Failure(
                .credentialsUnusable, "Credentials cannot be stored: set HOME or XDG_CONFIG_HOME.")
        }
        return StoredSession(in: file, over: transport)
    }
}

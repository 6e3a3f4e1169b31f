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
        try await Complaint.exiting { () throws(Failure) in
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

/// What a command works with.
struct ClientSession: Sendable {
    let api: APIClient
    let output: Output
    let isJSON: Bool

    /// The API's JSON where that was asked for, and text for people else.
    func answer(_ json: JSONValue, _ text: () -> Void) {
        if isJSON { output.line(json.pretty()) } else { text() }
    }
}

/// What every such command understands.
struct ClientOptions: ParsableArguments {
    @Option(help: "The server's address; TENON_SERVER, or that of the last login, otherwise.") var server: String?
    @Option(
        help: "PEM file of the authorities to trust, in place of the system's; SSL_CERT_FILE otherwise.",
        completion: .file())
    var caFile: String?
    @Flag(help: "Print the API's JSON.") var json = false
}

/// The namespace that a command is about.
struct NamespaceOptions: ParsableArguments {
    @Option(
        name: [.customShort("n"), .long], help: "The namespace by its name or id; TENON_NAMESPACE otherwise.",
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

/// The options of a command, completed from the environment and the kept credentials.
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

    /// A variable of the environment; an empty one is none.
    static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Says so where what is sent can be read on its way.
    func warn() {
        guard server.isPlain, !server.isLoopback else { return }
        Output.complain("warning: \(server) is not encrypted; others on the way can read all of it")
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
                .credentialsUnusable, "There is no place for credentials: neither HOME nor XDG_CONFIG_HOME is set.")
        }
        return StoredSession(in: file, over: transport)
    }
}

internal import ArgumentParser
internal import TenonClient
internal import TenonDomain
internal import TenonKit

/// `tenon login`
struct Login: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign in to a server and store the session.",
        discussion: "Asks for the password, or reads it from standard input if that is not a terminal.")

    @OptionGroup var client: ClientOptions
    @Option(help: "The user's e-mail address.") var email: String
    @Option(help: "The tenant's slug; only needed if the password is valid at several.") var tenant: String?

    func run() async throws {
        try await CommandFailure.exiting { () throws(Failure) in
            let options = try ResolvedOptions(client)
            options.warn()
            try await options.withTransport { transport throws(Failure) in
                let session = try options.session(over: transport)
                try await session.signIn(email: email, password: PasswordPrompt.read() ?? Secret(""), tenant: tenant)
                let output = Output()
                if client.json {
                    let answer: JSONValue = ["server": .string(options.server.description), "email": .string(email)]
                    output.line(answer.pretty())
                } else {
                    output.line("signed in at \(options.server) as \(Output.printable(email))")
                }
            }
        }
    }
}

/// `tenon logout`
struct Logout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "End the session and delete it.")

    @OptionGroup var client: ClientOptions

    func run() async throws {
        try await CommandFailure.exiting { () throws(Failure) in
            let options = try ResolvedOptions(client)
            try await options.withTransport { transport throws(Failure) in
                let wasSignedIn = try await options.session(over: transport).signOut()
                let output = Output()
                if client.json {
                    let answer: JSONValue = [
                        "server": .string(options.server.description), "was_signed_in": .bool(wasSignedIn),
                    ]
                    output.line(answer.pretty())
                } else {
                    output.line("\(wasSignedIn ? "signed out" : "was not signed in") at \(options.server)")
                }
            }
        }
    }
}

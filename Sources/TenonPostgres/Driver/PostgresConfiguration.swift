internal import CLibPQ
internal import Glibc
public import TenonDomain

/// Where a server is and how to log in: libpq's parameters as keys and values. TLS options (`sslmode`,
/// `sslrootcert`, …) pass through as they are. Values print as `<redacted>`: any of them may be a password.
public struct PostgresConfiguration: Sendable {
    private(set) var parameters: [(key: String, value: Secret)]
    /// The settings without which a session is refused.
    private var expected: [(key: String, value: String)] = []

    /// What connections get where nothing else is said: 5 s to connect, and a peer that vanished without a word is
    /// found within half a minute.
    private static let standards = [
        ("application_name", "tenon"), ("connect_timeout", "5"), ("keepalives", "1"), ("keepalives_idle", "15"),
        ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
    ]

    /// From libpq's keys and values.
    public init(parameters: [(String, String)]) {
        self.parameters = parameters.map { ($0.0, Secret($0.1)) }
        for (key, value) in Self.standards where !self.parameters.contains(where: { $0.key == key }) {
            set(key, value)
        }
        set("client_encoding", "UTF8")
    }

    /// From a `postgresql://` URL or a `key=value` string. Fails with `invalid_database_url` and one line that
    /// repeats nothing of the text.
    public init(_ text: String) throws(Failure) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &message) else {
            PQfreemem(message)
            throw .invalid("invalid_database_url", "It is not a postgresql:// URL that libpq understands.")
        }
        defer { PQconninfoFree(options) }
        var parameters: [(String, String)] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                parameters.append((String(cString: keyword), String(cString: value)))
            }
            option += 1
        }
        self.init(parameters: parameters)
    }

    /// The same server with settings for each session, such as `statement_timeout`.
    func settings(_ settings: [(String, String)]) -> PostgresConfiguration {
        let present = parameters.first { $0.key == "options" }.map { $0.value.revealedText() + " " } ?? ""
        let added = settings.map { "-c \($0.0)=\(Self.escaped($0.1))" }
        var copy = self
        copy.set("options", present + added.joined(separator: " "))
        return copy
    }

    /// Database, host and port, as an operator knows them.
    public var place: String {
        func value(_ key: String) -> String? { parameters.first { $0.key == key }?.value.revealedText() }
        let host = value("host") ?? value("hostaddr") ?? "the local socket"
        return "\(value("dbname") ?? value("user") ?? "of the login's name") at \(host)"
            + (value("port").map { ":\($0)" } ?? "")
    }

    /// The same server with settings that decide what a session may see, such as `role` and `search_path`: one that does
    /// not have them after it has logged in is refused. Values are written the way in which the server shows them.
    func requiring(_ settings: [(String, String)]) -> PostgresConfiguration {
        var copy = self.settings(settings)
        copy.expected += settings
        return copy
    }

    /// Another database of the same server.
    func database(_ name: String) -> PostgresConfiguration {
        var copy = self
        copy.set("dbname", name)
        return copy
    }

    /// In `options` a blank parts arguments, and a backslash takes away what the next character means.
    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value {
            if character == " " || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return text
    }

    private mutating func set(_ key: String, _ value: String) {
        parameters.removeAll { $0.key == key }
        parameters.append((key, Secret(value)))
    }

    /// Connects and waits; for threads that may block (name resolution does, in libpq's asynchronous functions too).
    /// The connection's notices are dropped. Fails with `connectionLost`, or `refused` with `databaseUnsuitable`.
    func connect() throws(PostgresError) -> OpaquePointer {
        let texts = parameters.flatMap { [strdup($0.key), strdup($0.value.revealedText())] }
        defer {
            for text in texts {
                if let text { explicit_bzero(text, strlen(text)) }
                free(text)
            }
        }
        var keys = stride(from: 0, to: texts.count, by: 2).map { UnsafePointer(texts[$0]) }
        var values = stride(from: 1, to: texts.count, by: 2).map { UnsafePointer(texts[$0]) }
        keys.append(nil)
        values.append(nil)
        guard let connection = PQconnectdbParams(keys, values, 0) else {
            throw .connectionLost("out of memory")
        }
        do throws(PostgresError) {
            guard PQstatus(connection) == CONNECTION_OK else {
                throw .connectionLost(String(cString: PQerrorMessage(connection)))
            }
            PQsetNoticeProcessor(connection, { _, _ in }, nil)
            try SessionCheck.run(connection, expected)
            return connection
        } catch {
            PQfinish(connection)
            throw error
        }
    }
}

extension PostgresConfiguration: CustomStringConvertible {
    public var description: String { "PostgresConfiguration(\(parameters.map(\.key).joined(separator: ", ")))" }
}

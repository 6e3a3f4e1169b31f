/// psql on the private cluster, as its owner.
struct Psql {
    /// libpq's parameters.
    let connection: String

    init(socket: String) {
        connection = "host=\(socket) user=tenon dbname=tenon"
    }

    /// What the statements and psql's own commands answer, without decoration; stops at the first error.
    @discardableResult
    func run(_ script: String) throws -> String {
        let arguments = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", connection]
        return try Shell.run("psql", arguments + script.split(separator: "\n").flatMap { ["-c", String($0)] })
    }
}

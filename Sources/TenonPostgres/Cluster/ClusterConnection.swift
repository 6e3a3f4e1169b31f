import TenonDomain
internal import TenonKit

/// Where a running private cluster takes connections, and whose it is.
public struct ClusterConnection: Sendable, Hashable {
    /// The private folder of the socket.
    public let socketFolder: String
    public let port: Int
    public let user: String
    public let database: String
    /// The process id of the postmaster when this was made; a restart changes it, and nothing else here.
    public let postmasterProcess: Int32
    /// The process id of the service that keeps the cluster.
    public let serviceProcess: Int32

    /// libpq's parameters, key and value.
    public var parameters: [(String, String)] {
        [("host", socketFolder), ("port", "\(port)"), ("user", user), ("dbname", database)]
    }
}

extension ClusterConnection {
    /// The connection of our own clusters, which differ only in where they are.
    init(socketFolder: String, postmasterProcess: Int32, serviceProcess: Int32) {
        self.init(
            socketFolder: socketFolder, port: Self.ownPort, user: Self.ownName, database: Self.ownName,
            postmasterProcess: postmasterProcess, serviceProcess: serviceProcess)
    }

    /// The superuser, the database and the map of `pg_ident.conf`.
    static let ownName = "tenon"
    /// Only part of the socket's name: nothing listens on TCP.
    static let ownPort = 5432

    /// The content of `cluster.json`.
    var json: [UInt8] {
        let value: JSONValue = [
            "socket_folder": .string(socketFolder),
            "port": .integer(Int64(port)),
            "user": .string(user),
            "database": .string(database),
            "postmaster_process": .integer(Int64(postmasterProcess)),
            "service_process": .integer(Int64(serviceProcess)),
        ]
        return value.encoded() + [UInt8(ascii: "\n")]
    }

    /// Nil where the text isn't what `json` writes.
    init?(json: [UInt8]) {
        guard let value = try? JSONParser.parse(json),
            let socketFolder = value["socket_folder"]?.stringValue,
            let user = value["user"]?.stringValue,
            let database = value["database"]?.stringValue,
            let port = value["port"]?.numberValue?.int64.flatMap(Int.init(exactly:)),
            let postmaster = value["postmaster_process"]?.numberValue?.int64.flatMap(Int32.init(exactly:)),
            let service = value["service_process"]?.numberValue?.int64.flatMap(Int32.init(exactly:))
        else { return nil }
        self.init(
            socketFolder: socketFolder, port: port, user: user, database: database,
            postmasterProcess: postmaster, serviceProcess: service)
    }
}

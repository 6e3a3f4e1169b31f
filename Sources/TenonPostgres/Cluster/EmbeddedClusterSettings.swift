/// How a private PostgreSQL cluster is kept.
public struct EmbeddedClusterSettings: Sendable {
    /// Where everything of the cluster stands, but for its socket. Made when it is missing.
    public var dataFolder: String
    /// Where `postgres` and `initdb` are; nil looks for the newest in `/usr/lib/postgresql`, then along
    /// `searchPath`.
    public var binaryFolder: String?
    /// Folders with a colon between them, as in the environment's `PATH`.
    public var searchPath = "/usr/local/bin:/usr/bin:/bin"
    /// Where the private folder of the socket is made. Short: a socket's path has 107 bytes at most.
    public var socketParent = "/tmp"
    /// Whether a new cluster is synced to disk before it is used. Only tests have a reason not to.
    public var durableInitialization = true
    /// PostgreSQL's `max_connections`.
    public var maxConnections = 50
    /// PostgreSQL's `shared_buffers`, in MiB.
    public var sharedBuffers = 96
    /// How long PostgreSQL may take until it shows a sign of life; recovery after a crash may take longer.
    public var startDeadline = Duration.seconds(60)
    /// How long a fast shutdown may take before an immediate one follows.
    public var stopDeadline = Duration.seconds(30)

    public init(dataFolder: String) {
        self.dataFolder = dataFolder
    }
}

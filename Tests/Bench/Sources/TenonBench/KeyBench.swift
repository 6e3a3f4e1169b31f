/// What it costs to be let in by an API key, against a route that lets everybody in.
struct KeyBench {
    let folder: String
    let rounds: Int
    let seconds: Int

    func run() throws {
        let bare = try Served(["bare", "--size", "524"], port: 18_121, program: CommandLine.arguments[0])
        defer { bare.stop() }
        try bare.waitFor("/bare")
        let tenon = try Served(["serve", "--data-dir", folder], port: 18_122)
        defer { tenon.stop() }
        try tenon.waitFor("/health/ready")
        let session = try Session(tenon)
        let key = try session.addAPIKey(tenon)
        let path = "/api/v1/namespaces/\(session.namespace)/configs/app_name"
        var comparison = Comparison(
            "HTTP: config read from memory with an API key, against a bare Hummingbird route", aim: .atLeast(0.6))
        var tokens = Comparison("  the same against the read with an access token", aim: nil)
        for _ in 0..<rounds {
            let limit = try bare.wrk("/bare", seconds: seconds)
            let ours = try tenon.wrk(path, key, seconds: seconds)
            let token = try tenon.wrk(path, session.token, seconds: seconds)
            comparison.add(ours: ours.rate, limit: limit.rate)
            tokens.add(ours: ours.rate, limit: token.rate)
        }
        comparison.report()
        tokens.report()
    }
}

extension Session {
    /// Answers a key that reads entries.
    fileprivate func addAPIKey(_ tenon: Served) throws -> String {
        let made = try Self.post(tenon, "/auth/api-keys", #"{"name":"bench","scopes":["configs:read"]}"#, token)
        guard let key = made["key"] as? String else {
            throw Shell.Failed(description: "the key was not made: \(made)")
        }
        return key
    }
}

internal import Foundation

/// One client of the others: asks at a steady pace by a wrk of its own, and tells how that went.
final class Probe {
    struct Outcome {
        /// Milliseconds; of a client that got no answer at all, infinite.
        let p99: Double
        /// Answers that were no success.
        let refused: Int
    }

    private let process = Process()
    private let output = Pipe()

    /// `lua` is a script of wrk; the pause between two requests is in milliseconds.
    init(_ served: Served, folder: String, _ name: String, every pause: Int, for seconds: Int, _ lua: String) throws {
        let script = "\(folder)/probe-\(name).lua"
        try (lua + "\nfunction delay() return \(pause) end\n").write(
            toFile: script, atomically: true, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "wrk", "-t", "1", "-c", "1", "-d", "\(seconds)s", "--timeout", "30s", "--latency", "-s", script,
            served.address,
        ]
        process.standardOutput = output
        try Shell.withOpenSignalMask { try process.run() }
    }

    func finish() throws -> Outcome {
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        guard let p99 = lines.first(where: { $0.first == "99%" })?.last.flatMap({ Served.milliseconds($0) }) else {
            throw Shell.Failed(description: "wrk printed no p99:\n\(text)")
        }
        let isAnswered = lines.contains { $0.dropFirst().starts(with: ["requests", "in"]) && $0[0] != "0" }
        return Outcome(
            p99: isAnswered ? p99 : .infinity,
            refused: lines.first { $0.first == "Non-2xx" }?.last.flatMap { Int($0) } ?? 0)
    }
}

/// What another tenant and its users do all the time.
struct Others {
    struct Outcome {
        let cachedRead: Probe.Outcome
        let storedRead: Probe.Outcome
        let write: Probe.Outcome
        let login: Probe.Outcome
        let refresh: Probe.Outcome
    }

    let served: Served
    let folder: String
    let session: Session

    /// `token` is for the refreshes: see `refreshToken`.
    func measure(seconds: Int, _ token: String) throws -> Outcome {
        func probe(_ name: String, every pause: Int, _ lua: String) throws -> Probe {
            try Probe(served, folder: folder, name, every: pause, for: seconds, lua)
        }
        let path = "/api/v1/namespaces/\(session.namespace)/configs/app_name"
        let fields = #"["Authorization"]="Bearer \#(session.token)", ["Content-Type"]="application/json""#
        let read = try probe("read", every: 5, #"wrk.path = "\#(path)"\#nwrk.headers = {\#(fields)}"#)
        let stored = try probe(
            "stored", every: 10, #"wrk.path = "\#(path)"\#nwrk.headers = {\#(fields), ["Cache-Control"]="no-cache"}"#)
        let write = try probe(
            "write", every: 20,
            """
            local count = 0
            function request()
                count = count + 1
                return wrk.format("PUT", "/api/v1/namespaces/\(session.namespace)/configs/counter", {\(fields)},
                    '{"value":' .. count .. ',"value_type":"number"}')
            end
            """)
        let login = try probe(
            "login", every: 500,
            """
            wrk.path = "/api/v1/auth/login"
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = '\(session.login)'
            """)
        let refresh = try probe(
            "refresh", every: 100,
            """
            local token = "\(token)"
            function request()
                return wrk.format("POST", "/api/v1/auth/refresh", {["Content-Type"]="application/json"},
                    '{"refresh_token":"' .. token .. '"}')
            end
            function response(status, headers, body)
                if status == 200 then token = body:match('"refresh_token":"([^"]+)"') end
            end
            """)
        return Outcome(
            cachedRead: try read.finish(), storedRead: try stored.finish(), write: try write.finish(),
            login: try login.finish(), refresh: try refresh.finish())
    }

    /// Of a session of its own.
    func refreshToken() throws -> String {
        let answer = try Session.post(served, "/auth/login", session.login, "")
        guard let token = answer["refresh_token"] as? String else {
            throw Shell.Failed(description: "no login: \(answer)")
        }
        return token
    }
}

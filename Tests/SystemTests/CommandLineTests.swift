import Foundation
import TenonDomain
import TenonKit
import Testing

@Suite(.serialized) struct CommandLineTests {
    private static func page() throws -> String {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/command-line.md").standardized
        return try String(contentsOf: page, encoding: .utf8)
    }

    /// A command and those below it, as `--experimental-dump-help` tells of them: their words, and what each takes.
    private static func commands(_ command: JSONValue, below words: String = "") -> [String: Set<String>] {
        let name = words + (command["commandName"]?.stringValue ?? "")
        var all: [String: Set<String>] = [:]
        for inner in command["subcommands"]?.arrayValue ?? [] {
            all.merge(commands(inner, below: name + " ")) { $1 }
        }
        guard all.isEmpty else { return all }
        let isOwn = { (argument: JSONValue) in argument["abstract"]?.stringValue != "Show the version." }
        let arguments = (command["arguments"]?.arrayValue ?? []).filter(isOwn).flatMap { argument in
            let names = (argument["names"]?.arrayValue ?? []).filter { $0["kind"]?.stringValue == "long" }
            return names.isEmpty
                ? [(argument["valueName"]?.stringValue ?? "").uppercased()]
                : names.map { "--" + ($0["name"]?.stringValue ?? "") }
        }
        return [name: Set(arguments)]
    }

    @Test("The table of docs/command-line.md names every command with all that it takes")
    func table() async throws {
        let rows = try Self.page().matches(of: /(?m)^\| `([a-z][^`]*)` \|/).map { String($0.1) }
        let dump = try await withTemporaryFolder { folder in
            try await ShellCommand.run("tenon --experimental-dump-help", in: folder).output
        }
        let root = try #require(try JSONParser.parse(dump)["command"])
        let common: Set = ["--server", "--ca-file", "--json", "--namespace", "--help"]
        let commands = Self.commands(root).filter { $0.key != "tenon help" }
        #expect(commands.count == rows.count)
        for (command, arguments) in commands {
            // Each of the client's commands takes these, and each of the operators' but `serve` the data folder.
            let name = command.dropFirst("tenon ".count)
            let common =
                arguments.contains("--server") ? common : name == "serve" ? ["--help"] : ["--help", "--data-dir"]
            let row = try #require(rows.first { $0 == name || $0.hasPrefix(name + " ") }, "\(command)")
            let options = Set(row.matches(of: /--[a-z-]+/).map { String($0.0) })
            #expect(options == arguments.filter { $0.hasPrefix("--") }.subtracting(common), "\(command)")
            for name in arguments where !name.hasPrefix("--") {
                #expect(row.contains(" \(name)"), "\(command)")
            }
        }
    }

    @Test("What docs/command-line.md shows is what happens")
    func documentation() async throws {
        let blocks = try Self.page().components(separatedBy: "```console\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
        let expected = blocks.joined()
        let commands = expected.split(separator: "\n").filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
        #expect(commands.count > 20)
        try await withTemporaryFolder { folder in
            let tenon = try await TenonProcess.serve(["--in-memory"])
            _ = try await tenon.post(
                "/api/v1/auth/register",
                ["name": "mycompany", "email": "admin@mycompany.com", "password": .string(ShellCommand.password)])
            let files = [
                "password.txt": ShellCommand.password + "\n", "database-password.txt": "pg-secret\n",
                "features.json": "{\"beta\": true}\n",
                "settings.env": "log_level=WARN\nmax_connections=300\ngreeting=hello\n",
            ]
            for (name, content) in files {
                try content.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
            }
            // Errors stand before the output of their command, whichever was written first.
            let script = commands.map { command in
                let command = command.replacing("127.0.0.1:8000", with: "127.0.0.1:\(tenon.port)")
                return """
                    cat <<'END'
                    $ \(command)
                    END
                    exec 3>&1; { \(command) ; } 2>errors >output; status=$?; cat errors output; (exit $status)
                    """
            }
            // `$?` is that of the command before.
            let shown = try await ShellCommand.run(
                script.joined(separator: "\n").replacing("{ echo $? ; }", with: "{ echo $status ; }"), in: folder)
            let output = shown.output.replacing("127.0.0.1:\(tenon.port)", with: "127.0.0.1:8000")
                .replacing(/request req_[0-9a-z]+/, with: "request …")
            #expect(output == expected)
            #expect(shown.errors == "")
            #expect(await tenon.end() == 0)
        }
    }

    @Test("Failures have their exit codes and a line on standard error, and leave standard output empty")
    func exitCodes() async throws {
        try await ShellCommand.signedIn { run, _, tenon in
            #expect(try await run("tenon config set taken x && tenon config set n 1 --type number").status == 0)
            let cases: [(command: String, status: Int32, code: String)] = [
                ("tenon config get absent", 3, "config_not_found"),
                ("tenon config get taken -n absent", 3, "namespace_not_found"),
                ("tenon config get taken --version 7", 3, "config_version_not_found"),
                ("tenon config set n hunter2", 2, "validation_failed"),
                ("tenon config set n hunter2 --type json", 2, "validation_failed"),
                ("tenon config set 'b a d' x", 2, "validation_failed"),
                ("tenon config set taken @/nonexistent", 2, "validation_failed"),
                ("tenon config set taken y --if-version 9", 5, "precondition_failed"),
                ("tenon config set taken y --if-version 0", 5, "precondition_failed"),
                ("tenon config restore taken", 5, "config_not_deleted"),
                ("tenon namespace create production", 5, "namespace_name_taken"),
                ("tenon namespace delete production", 5, "namespace_not_empty"),
                ("TENON_TOKEN=hunter2 tenon config ls", 4, "not_authenticated"),
                ("tenon config ls --server http://127.0.0.1:9", 4, "not_signed_in"),
                ("TENON_TOKEN=hunter2 tenon config ls --server http://127.0.0.1:1", 6, "server_unreachable"),
                ("tenon config ls --server http://u:hunter2@127.0.0.1", 2, "validation_failed"),
                ("echo hunter2 | tenon login --email admin@mycompany.com", 4, "invalid_credentials"),
            ]
            for (command, status, code) in cases {
                let ended = try await run(command)
                #expect(ended.status == status, "\(command): \(ended.errors)")
                #expect(ended.errors.contains("[\(code)"), "\(command): \(ended.errors)")
                #expect(ended.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("tenon: ") })
                #expect(ended.output == "", "\(command)")
                #expect(!ended.errors.contains("hunter2"), "\(command)")
            }
            for usage in ["config get", "config set k", "config set k v --stdin", "config import -", "config nothing"] {
                #expect(try await run("tenon \(usage) < /dev/null").status == 64, "\(usage)")
            }
            #expect(try await run("unset TENON_NAMESPACE; tenon config ls").status == 64)
            let plain = try await run("TENON_TOKEN=x tenon config ls --server http://tenon.invalid")
            #expect(plain.errors.hasPrefix("tenon: warning: http://tenon.invalid is not encrypted"))
            #expect(tenon.log.contains("getConfig"))
            #expect(!tenon.log.contains("hunter2"))
        }
    }

    @Test("With --json every answer is one document, and the values in it are exact")
    func json() async throws {
        try await ShellCommand.signedIn { run, _, _ in
            let value = #"{"deep": [1.10, "é\n"], "n": null}"#
            let commands = [
                "config set k '\(value)' --type json --tag a --description D", "config set k null", "config get k",
                "config ls --long", "config history k", "config diff k --from 0", "config rollback k 1",
                "config unset k", "config restore k", "namespace ls", "namespace create other", "config export",
                "config import a.json --dry-run", "namespace delete other", "config get k",
            ]
            #expect(try await run("echo '{\"new\": [1]}' > a.json").status == 0)
            var last: JSONValue = .null
            for command in commands {
                let ended = try await run("tenon \(command) --json")
                #expect(ended.status == 0, "\(command): \(ended.errors)")
                last = try JSONParser.parse(ended.output)
            }
            #expect(last["value"] == (try JSONParser.parse(value)))
            #expect(last["tags"] == ["a"])
            #expect(last["description"] == "D")
            #expect(try await run("tenon config get k").output == #"{"deep":[1.10,"é\n"],"n":null}"# + "\n")
        }
    }

    @Test("A secret is given by standard input, masked in lists, and no command line shows it when it fails")
    func secrets() async throws {
        try await ShellCommand.signedIn { run, _, _ in
            let secret = "s3cr3t-Zp81"
            let stored = try await run("printf '\(secret)\\n' | tenon config set p --stdin --secret")
            #expect(stored.output == "p is stored at version 1\n")
            #expect(try await run("tenon config get p").output == secret + "\n")
            #expect(try await run("tenon config get p --no-reveal").output == "********\n")
            // One end of line is left out, of either kind; what else is there is the value's.
            #expect(try await run("printf 'pw\\r\\n' | tenon config set crlf --stdin --secret").status == 0)
            #expect(try await run("tenon config get crlf | od -An -c | tr -d ' '").output == "pw\\n\n")
            #expect(try await run("printf 'pw\\r' | tenon config set crlf --stdin").status == 0)
            #expect(try await run("tenon config get crlf | od -An -c | tr -d ' '").output == "pw\\r\\n\n")
            // What is not named stays, that it is a secret among it.
            #expect(try await run("printf '\(secret)2' | tenon config set p --stdin").status == 0)
            for command in [
                "config ls --long", "config history p", "config diff p", "config diff p --from 0", "config export",
                "config export --format env",
            ] {
                let shown = try await run("tenon \(command); tenon \(command) --json")
                #expect(shown.status == 0)
                #expect(!shown.output.contains(secret), "\(command)")
            }
            let refused = try await run("printf '\(secret)' | tenon config set p --stdin --type number --json")
            #expect(refused.status == 2)
            #expect(!refused.errors.contains(secret))
            #expect(try await run("grep -r \(secret) config").status == 1)
        }
    }

    @Test("The session is kept for its owner alone, and survives commands that refresh it at one time")
    func credentials() async throws {
        try await ShellCommand.signedIn { run, folder, _ in
            let path = folder + "/config/tenon/credentials.json"
            #expect(try await run("stat -c %a config/tenon config/tenon/*").output == "700\n600\n600\n")
            // As it would be after half an hour.
            let kept = try JSONParser.parse(String(contentsOfFile: path, encoding: .utf8))
            let expiry = try #require(kept["servers"]?.objectValue?.first?.value["expires_at"]?.stringValue)
            let expired = try await run(
                """
                sed -i 's/\(expiry)/2001-01-01T00:00:00.000Z/' config/tenon/credentials.json
                for i in 1 2 3 4 5 6; do tenon namespace ls --json > out.$i & done
                for job in $(jobs -p); do wait $job || exit 1; done; tenon namespace ls
                """)
            #expect(expired.status == 0, "\(expired.errors)")
            #expect(!(try String(contentsOfFile: path, encoding: .utf8)).contains("2001-01-01"))
            let open = try await run("chmod 644 config/tenon/credentials.json; tenon namespace ls")
            #expect(open.status == 4)
            #expect(open.errors.contains("is open to other users"))
            let out = try await run("chmod 600 config/tenon/credentials.json; tenon logout; tenon namespace ls")
            #expect(out.output.hasPrefix("signed out at "))
            #expect(out.status == 4)
            #expect(!(try String(contentsOfFile: path, encoding: .utf8)).contains("token"))
        }
    }

    @Test("Where one password is right at several tenants, the command line says which there are")
    func tenants() async throws {
        try await ShellCommand.signedIn { run, _, tenon in
            let registered = try await tenon.post(
                "/api/v1/auth/register",
                ["name": "other", "email": "admin@mycompany.com", "password": .string(ShellCommand.password)])
            #expect(registered.status == 201)
            let login = "echo \(ShellCommand.password) | tenon login --email admin@mycompany.com"
            let asked = try await run(login)
            #expect(asked.status == 5)
            #expect(asked.errors.contains("\ntenon: --tenant must be one of mycompany, other\n"))
            #expect(try await run(login + " --tenant other").status == 0)
            // The other tenant has no namespace of that name.
            #expect(try await run("tenon config ls").status == 3)
            #expect(try await run("tenon logout --json").output.contains("\"was_signed_in\": true"))
        }
    }

    @Test("Colours are for terminals, for those that want them, and nothing that is stored steers a terminal")
    func colours() async throws {
        try await ShellCommand.signedIn { run, _, _ in
            #expect(try await run("tenon config set k $'a\\e[2Jb\\nc'").status == 0)
            let list = "script -qec 'tenon config ls' /dev/null"
            for (command, isColoured) in [
                ("TERM=xterm \(list)", true), ("TERM=xterm NO_COLOR=1 \(list)", false), ("TERM=dumb \(list)", false),
                ("TERM=xterm tenon config ls", false),
            ] {
                let shown = try await run(command)
                #expect(shown.status == 0, "\(shown.errors)")
                #expect(shown.output.contains("\u{1B}[1mKEY") == isColoured, "\(command)")
                #expect(!shown.output.contains("\u{1B}[2J"), "\(command)")
                #expect(shown.output.contains(#"a\u{1b}[2Jb\nc"#), "\(shown.output)")
            }
        }
    }
}

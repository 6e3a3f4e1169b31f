import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// The command line in the company of other processes: readers, shells, servers that come and go.
@Suite(.serialized) struct CommandLineServerTests {
    @Test("A reader that goes away ends a list of many pages without a word")
    func brokenPipe() async throws {
        try await ShellCommand.signedIn { run, _, _ in
            let listed = try await run(
                """
                for i in $(seq 3000); do echo key_$i=a-value-that-takes-some-room-in-the-pipe; done > many.env
                tenon config import many.env > summary && tail -1 summary && tenon config ls --json | grep -c '"key"'
                tenon config ls | head -2; echo ${PIPESTATUS[@]}
                """)
            #expect(
                listed.output == """
                    3000 created, 0 changed, 0 unchanged, 0 refused; revision 2
                    3000
                    KEY       TYPE    VALUE
                    key_1     string  a-value-that-takes-some-room-in-the-pipe
                    141 0

                    """)
            #expect(listed.errors == "")
        }
    }

    @Test("A watch tells of every change until it is interrupted")
    func watch() async throws {
        try await ShellCommand.signedIn { run, _, _ in
            let watched = try await run(
                """
                tenon config watch --json > changes & watcher=$!
                tenon config watch > lines & other=$!
                for i in $(seq 100); do
                    tenon config set k $i > answer
                    [ -s changes ] && [ -s lines ] && break
                done
                tenon config set last x --secret > answer
                for i in $(seq 200); do grep -q last changes && grep -q last lines && break; sleep 0.05; done
                kill -INT $watcher $other; wait $watcher; echo $?; wait $other; echo $?; tail -1 lines; cat changes
                """)
            let lines = watched.output.split(separator: "\n").map(String.init)
            #expect(lines.prefix(2) == ["130", "130"])
            #expect(lines[2].hasSuffix(" created last = ******** (version 1)"))
            let changes = try lines.dropFirst(3).map { try JSONParser.parse($0) }
            #expect(changes.last?["key"] == "last")
            let versions = changes.dropLast().compactMap { $0["version"]?.numberValue?.int64 }
            #expect(versions == Array((versions.first ?? 0)...(versions.last ?? 0)))
            #expect(watched.errors == "")
        }
    }

    @Test("A watch outlives its server, and tells what happened before it was back")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            let address = "http://127.0.0.1:\(try TestProcess.freePort())"
            let outcome = try await ShellCommand.run(
                """
                serve() {
                    tenon serve --data-dir data --port ${TENON_SERVER##*:} >> log 2>&1 & server=$!
                    for i in $(seq 600); do curl -sf $TENON_SERVER/health/ready > answer && break; sleep 0.1; done
                }
                seen() { for i in $(seq 600); do grep -q " $1 = " lines && break; sleep 0.1; done; }
                serve
                curl -s $TENON_SERVER/api/v1/auth/register -H 'Content-Type: application/json' \\
                    -d '{"name": "mycompany", "email": "a@b.co", "password": "\(ShellCommand.password)"}' > answer
                echo \(ShellCommand.password) | tenon login --email a@b.co > answer && tenon namespace create production > answer
                tenon config watch > lines & watcher=$!
                for i in $(seq 100); do tenon config set before $i > answer; [ -s lines ] && break; done
                kill $server; wait $server
                serve
                tenon config set after 1; tenon config set after 2
                seen after; tenon config set last x; seen last
                kill -INT $watcher; wait $watcher; echo $?
                kill $server; wait $server
                grep -v ' before = ' lines | cut -d ' ' -f 2-
                """, ["TENON_SERVER": address, "TENON_NAMESPACE": "production"], in: folder)
            #expect(
                outcome.output == """
                    after is stored at version 1
                    after is stored at version 2
                    last is stored at version 1
                    130
                    created after = 1 (version 1)
                    updated after = 2 (version 2)
                    created last = x (version 1)

                    """)
            #expect(outcome.errors == "")
        }
    }

    @Test("A shell completes keys and namespaces", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        try await ShellCommand.signedIn { run, _, _ in
            let script = try await run("tenon --generate-completion-script \(shell) > script && [ -s script ]")
            #expect(script.status == 0, "\(script.errors)")
            guard shell == "bash" else { return }
            let words = try await run(
                """
                bash -n script && tenon config set log_level x > answer && tenon config set other x > answer
                tenon ---completion config get -- positional@0 3 3 tenon config get log
                tenon ---completion config get -- --namespace 4 0 tenon config get -n ''
                """)
            #expect(words.output.split(separator: "\n") == ["log_level", "production"])
            #expect(words.errors == "")
        }
    }

    @Test("A server's certificate has to be trusted, by the system or by a named file")
    func tls() async throws {
        try await withTemporaryFolder { folder in
            let port = try TestProcess.freePort()
            let outcome = try await ShellCommand.run(
                """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost \\
                    -addext subjectAltName=DNS:localhost -keyout key.pem -out ca.pem 2> made || exit 9
                TLS_CERTIFICATE=ca.pem TLS_KEY=key.pem tenon serve --in-memory --port \(port) > log 2>&1 & server=$!
                export TENON_TOKEN=x TENON_SERVER=https://localhost:\(port)
                for i in $(seq 400); do tenon namespace ls --ca-file ca.pem 2> answer; [ $? -eq 4 ] && break; sleep 0.05; done
                tenon namespace ls --ca-file ca.pem; echo $?
                SSL_CERT_FILE=ca.pem tenon namespace ls; echo $?
                tenon namespace ls; echo $?
                tenon namespace ls --server https://127.0.0.1:\(port) --ca-file ca.pem; echo $?
                tenon namespace ls --ca-file key.pem; echo $?
                kill $server; wait $server
                """, in: folder)
            #expect(outcome.output == "4\n4\n6\n6\n2\n", "\(outcome.errors)")
            #expect(outcome.errors.contains("its certificate is not trusted"))
            #expect(outcome.errors.contains("its certificate is for another name"))
            #expect(outcome.errors.contains("key.pem must be a PEM file of certificates"))
        }
    }
}

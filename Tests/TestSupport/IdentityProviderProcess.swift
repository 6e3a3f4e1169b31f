internal import Foundation
internal import Glibc

/// The OpenID provider of the PyPI package oidc-provider-mock as a process of one test's own, on a loopback port. It ends
/// when the test lets go of it or this process dies, however it dies. `deploy/fetch-oidc-provider` (part of `make test`)
/// puts the package into `.build`; without it the tests are skipped.
public final class IdentityProviderProcess: Sendable {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/oidc-provider-mock").path

    public static var isThere: Bool { FileManager.default.fileExists(atPath: "\(folder)/.version") }

    public let port: UInt16
    private let lifeline: Int32

    public var issuer: String { "http://127.0.0.1:\(port)" }

    /// Starts it and waits until it listens. `people` are claims in JSON, each with `sub`. On the port of one that has
    /// ended it is the same provider with other keys.
    public static func start(people: [String], port: UInt16? = nil) async throws -> IdentityProviderProcess {
        try await TestProcess.offPool {
            let provider = try IdentityProviderProcess(people, port: try port ?? TestProcess.freePort())
            for _ in 0..<600 {
                if isListening(provider.port) { return provider }
                usleep(50_000)
            }
            throw TestProcess.Failed(description: "oidc-provider-mock does not listen")
        }
    }

    private init(_ people: [String], port: UInt16) throws {
        self.port = port
        let script = """
            trap '' INT TERM HUP; "$@" </dev/null & child=$!; read line; kill -9 $child
            """
        lifeline = try TestProcess.lifeline(
            script,
            [
                "env", "PYTHONPATH=\(Self.folder)", "python3", "-m", "oidc_provider_mock", "--port", "\(port)",
            ] + people.flatMap { ["--user-claims", $0] })
    }

    deinit {
        close(lifeline)
    }

    /// Ends it and waits until nobody listens.
    public func stop() async throws {
        shutdown(lifeline, Int32(SHUT_RDWR))
        try await TestProcess.offPool { [port] in
            for _ in 0..<200 where Self.isListening(port) { usleep(20_000) }
            guard !Self.isListening(port) else {
                throw TestProcess.Failed(description: "oidc-provider-mock does not end")
            }
        }
    }

    /// What a person does in the provider's page: answers the address that the browser is sent to then.
    public static func approve(_ authorization: String, as subject: String) async throws -> String {
        try await TestProcess.offPool {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
            process.arguments = [
                "-s", "-m", "20", "-o", "/dev/null", "-w", "%{redirect_url}", "--data-urlencode", "sub=\(subject)",
                authorization,
            ]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            guard !text.isEmpty else { throw TestProcess.Failed(description: "the provider sends nobody back") }
            return text
        }
    }

    private static func isListening(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafeBytes(of: &address) { raw in
            connect(descriptor, raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count)) == 0
        }
    }
}

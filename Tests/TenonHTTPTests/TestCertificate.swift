import Foundation

@testable import TenonHTTP
@testable import TenonHTTPServer

/// A folder with a self-signed certificate for 127.0.0.1, made by openssl, that goes away with `remove`.
struct TestCertificate: Sendable {
    let folder: String
    var certificate: String { folder + "/certificate.pem" }
    var key: String { folder + "/key.pem" }
    var files: TLSFiles { TLSFiles(certificate: certificate, key: key) }

    static func make(_ name: String = "localhost") async throws -> TestCertificate {
        let folder = NSTemporaryDirectory() + "tenon-tls-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let made = TestCertificate(folder: folder)
        let outcome = await Command.run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "1", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name),IP:127.0.0.1", "-keyout", made.key,
            "-out", made.certificate)
        guard outcome.status == 0 else { throw Failed(text: outcome.output) }
        return made
    }

    /// Puts the other's files in the place of these, each in one step as a renewal does.
    func replace(by other: TestCertificate) throws {
        for (source, target) in [(other.key, key), (other.certificate, certificate)] {
            let next = target + ".next"
            try FileManager.default.copyItem(atPath: source, toPath: next)
            guard rename(next, target) == 0 else { throw Failed(text: "rename \(target)") }
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    struct Failed: Error {
        let text: String
    }
}

/// A program that runs to its end.
enum Command {
    static func run(_ arguments: String..., input: String = "") async -> (status: Int32, output: String) {
        await RawConnection.onThread {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = arguments
            let (given, taken) = (Pipe(), Pipe())
            process.standardInput = given
            process.standardOutput = taken
            process.standardError = taken
            guard (try? process.run()) != nil else { return (-1, "\(arguments) does not run") }
            given.fileHandleForWriting.write(Data(input.utf8))
            try? given.fileHandleForWriting.close()
            let output = taken.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: output, as: UTF8.self))
        }
    }
}

extension ServedTenon {
    /// Serves HTTPS with a certificate of its own for the length of the body.
    static func withTLS(
        _ configure: (inout HTTPServerSettings) -> Void = { _ in }, endpoints: [any Endpoint] = [],
        _ body: @escaping @Sendable (ServedTenon, TestCertificate) async throws -> Void
    ) async throws {
        let certificate = try await TestCertificate.make()
        defer { certificate.remove() }
        try await with(
            { settings in
                settings.tls = certificate.files
                configure(&settings)
            }, endpoints: endpoints,
            { tenon in try await body(tenon, certificate) })
    }
}

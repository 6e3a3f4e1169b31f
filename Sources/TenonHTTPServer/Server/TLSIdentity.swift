internal import FoundationEssentials
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import Synchronization
internal import TenonDomain

/// The certificate and key of new connections; reloaded when the files change.
final class TLSIdentity: Sendable {
    static let protocols = ["h2", "http/1.1"]
    private static let interval = Duration.seconds(1)

    private let files: TLSFiles
    private let current: Mutex<(context: NIOSSLContext, stamp: [String])>

    /// Fails with `tlsFilesUnusable`, which names the file.
    init(_ files: TLSFiles) throws(Failure) {
        self.files = files
        let stamp = Self.stamp(files)
        current = Mutex((try Self.load(files), stamp))
    }

    var context: NIOSSLContext { current.withLock { $0.context } }

    /// Checks the files until the task is cancelled. Unusable files are logged once, and the old certificate stays in
    /// use.
    func watch(_ logger: Logger) async {
        while (try? await Task.sleep(for: Self.interval)) != nil {
            guard let outcome = reloadIfChanged() else { continue }
            switch outcome {
            case .success: logger.notice("reloaded the TLS certificate")
            case .failure(let failure):
                logger.error(
                    "reloading the TLS certificate failed; using the old one", metadata: ["cause": "\(failure.detail)"])
            }
        }
    }

    /// Nil if nothing changed.
    func reloadIfChanged() -> Result<Void, Failure>? {
        let stamp = Self.stamp(files)
        guard stamp != current.withLock({ $0.stamp }) else { return nil }
        let loaded = Result { () throws(Failure) in try Self.load(files) }
        return current.withLock { current in
            current.stamp = stamp
            return loaded.map { current.context = $0 }
        }
    }

    private static func load(_ files: TLSFiles) throws(Failure) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
            guard !chain.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
            let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = protocols
            // How long a client may take to close its side.
            configuration.shutdownTimeout = .seconds(1)
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Failure(
                .tlsFilesUnusable,
                "\(files.certificate) and \(files.key) must be a PEM certificate chain and its private key.",
                cause: error)
        }
    }

    /// Differs when a file was written or replaced, also through a symbolic link as Kubernetes does.
    private static func stamp(_ files: TLSFiles) -> [String] {
        [files.certificate, files.key].map { path in
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return "absent" }
            let relevant: [FileAttributeKey] = [.modificationDate, .size, .systemFileNumber]
            return relevant.map { attributes[$0].map { "\($0)" } ?? "" }.joined(separator: " ")
        }
    }
}

extension FailureCode {
    static let tlsFilesUnusable = FailureCode(
        "tls_files_unusable", .unavailable, "The TLS files cannot be used",
        "The certificate or key file is missing, does not parse, or the two do not belong together.")
}

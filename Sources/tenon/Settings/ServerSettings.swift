internal import FoundationEssentials
internal import TenonDomain
internal import TenonHTTP
internal import TenonHTTPServer
internal import TenonKit

/// Reads the settings of sockets.
enum ServerSettings {
    static func read(_ reader: SettingReader, isProduction: Bool) throws(SettingError) -> HTTPServerSettings {
        var settings = HTTPServerSettings(
            host: reader.text("HOST") ?? "127.0.0.1",
            port: try reader.integer("PORT", default: 8000))
        settings.tls = try tls(reader)
        settings.limits = try limits(reader)
        settings.admission = try admission(reader)
        settings.policies = try policies(reader, isProduction: isProduction)
        if reader.text("TENON_REDIRECT_PORT") != nil {
            guard settings.tls != nil else { throw SettingError("TENON_REDIRECT_PORT", "needs TLS_CERTIFICATE") }
            settings.redirectPort = try reader.integer("TENON_REDIRECT_PORT", default: 0)
        }
        if isProduction, settings.tls == nil, settings.policies.trustedProxies.isEmpty {
            throw SettingError(
                "TLS_CERTIFICATE", "must be set in prod, with TLS_KEY; or set TRUSTED_PROXIES if a proxy terminates TLS"
            )
        }
        return settings
    }

    private static func tls(_ reader: SettingReader) throws(SettingError) -> TLSFiles? {
        switch (reader.text("TLS_CERTIFICATE"), reader.text("TLS_KEY")) {
        case (nil, nil): return nil
        case (let certificate?, let key?): return TLSFiles(certificate: certificate, key: key)
        case (nil, _?): throw SettingError("TLS_CERTIFICATE", "must be set with TLS_KEY")
        case (_?, nil): throw SettingError("TLS_KEY", "must be set with TLS_CERTIFICATE")
        }
    }

    private static func limits(_ reader: SettingReader) throws(SettingError) -> ConnectionLimits {
        var limits = ConnectionLimits()
        limits.connections = try reader.integer("TENON_MAX_CONNECTIONS", default: limits.connections)
        limits.connectionsPerAddress = try reader.integer(
            "TENON_MAX_CONNECTIONS_PER_ADDRESS", default: limits.connectionsPerAddress)
        limits.requestsPerConnection = try reader.integer(
            "TENON_MAX_REQUESTS_PER_CONNECTION", default: limits.requestsPerConnection)
        limits.memory = try reader.integer("TENON_MAX_BODY_MEMORY", default: limits.memory)
        limits.idle = .seconds(try reader.integer("TENON_IDLE_TIMEOUT_SECONDS", default: 60))
        limits.head = .seconds(try reader.integer("TENON_HEAD_TIMEOUT_SECONDS", default: 10))
        limits.body = .seconds(try reader.integer("TENON_BODY_TIMEOUT_SECONDS", default: 30))
        limits.answer = limits.body
        return limits
    }

    private static func admission(_ reader: SettingReader) throws(SettingError) -> AdmissionLimits {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return AdmissionLimits(
            running: try reader.integer("TENON_MAX_RUNNING_REQUESTS", default: 12 * cores),
            waiting: try reader.integer(
                "TENON_MAX_WAITING_REQUESTS", default: AdmissionLimits().waiting),
            watchers: try reader.integer(
                "TENON_MAX_WATCHERS", default: AdmissionLimits().watchers))
    }

    private static func policies(_ reader: SettingReader, isProduction: Bool) throws(SettingError) -> EdgePolicies {
        var policies = EdgePolicies()
        let hosts = reader.list("ALLOWED_HOSTS")
        if !hosts.contains("*") { policies.hosts = try reader.list("ALLOWED_HOSTS") { AllowedHost($0) } }
        policies.trustedProxies = try reader.list("TRUSTED_PROXIES") { IPNetwork($0) }
        guard let origins = AllowedOrigins(reader.list("CORS_ALLOWED_ORIGINS")) else {
            throw SettingError(
                "CORS_ALLOWED_ORIGINS",
                "must list origins such as https://example.com, in lower case and without a path")
        }
        policies.origins = origins
        policies.requiresHTTPS = try reader.flag("TENON_REQUIRE_HTTPS", default: isProduction)
        return policies
    }
}

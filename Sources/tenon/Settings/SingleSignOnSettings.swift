internal import TenonClient
internal import TenonDomain
internal import TenonOIDC

/// Settings of single sign-on.
struct SingleSignOnSettings {
    /// The address at which browsers reach the service: scheme and authority; nil to use that of each request.
    let publicURL: String?
    let logtoIssuer: IssuerURL?
    let policy: ProviderPolicy

    init(_ reader: SettingReader, _ environment: DeploymentEnvironment) throws(SettingError) {
        publicURL = try Self.publicURL(reader, environment)
        logtoIssuer = try Self.logtoIssuer(reader)
        policy = ProviderPolicy(
            allowsPlainLoopback: environment != .prod,
            allowsPrivateAddresses: try reader.flag("TENON_SSO_PRIVATE_ISSUERS", default: environment != .prod))
    }

    private static func publicURL(
        _ reader: SettingReader, _ environment: DeploymentEnvironment
    ) throws(SettingError) -> String? {
        guard let text = reader.text("TENON_PUBLIC_URL") else { return nil }
        guard let address = try? ServerAddress(text) else {
            throw SettingError("TENON_PUBLIC_URL", "must be https://HOST or https://HOST:PORT, without a path")
        }
        guard environment != .prod || !address.isPlain else {
            throw SettingError("TENON_PUBLIC_URL", "must begin with https:// in prod")
        }
        return "\(address)"
    }

    /// Logto serves OpenID Connect under `/oidc`.
    private static func logtoIssuer(_ reader: SettingReader) throws(SettingError) -> IssuerURL? {
        guard let text = reader.text("LOGTO_ENDPOINT") else { return nil }
        let base = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let issuer = try? IssuerURL(base + "/oidc") else {
            throw SettingError("LOGTO_ENDPOINT", "must be a URL, such as https://logto.example.com")
        }
        return issuer
    }
}

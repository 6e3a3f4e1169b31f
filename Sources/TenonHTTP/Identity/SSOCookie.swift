internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// The cookie that binds a login to a browser. Over https its name guarantees that no other host and no plain page has
/// set it (RFC 6265bis §4.1.3.2).
struct SSOCookie {
    let name: String
    private let attributes: String

    init(for redirectURI: String) {
        let isSecure = redirectURI.utf8.starts(with: "https:".utf8)
        name = isSecure ? "__Host-tenon_sso" : "tenon_sso"
        // `Lax`: the redirect from the provider starts at another site.
        attributes = "; Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }

    func field(_ value: String) -> String {
        "\(name)=\(value)\(attributes); Max-Age=\(SSOLogins.lifetime.components.seconds)"
    }

    var removal: String { "\(name)=\(attributes); Max-Age=0" }
}

internal import Foundation

extension Attack {
    static func create(_ key: String, _ value: String, _ tenon: Served, _ session: Session) throws {
        let made = try Session.post(
            tenon, "/namespaces/\(session.namespace)/configs",
            #"{"key":"\#(key)","value":"\#(value)","value_type":"string"}"#, session.token)
        guard made["id"] != nil else { throw Shell.Failed(description: "no entry: \(made)") }
    }

    static func policy(_ name: String, _ rules: [String], _ tenon: Served, _ session: Session) throws {
        let made = try Session.post(
            tenon, "/policies", #"{"name":"\#(name)","rules":"\#(rules.joined(separator: #"\n"#))"}"#, session.token)
        guard made["id"] != nil else { throw Shell.Failed(description: "no policy: \(made)") }
    }

    static func importing(
        _ entries: [(key: String, value: String)], _ tenon: Served, _ session: Session, _ folder: String
    ) throws {
        let file = "\(folder)/entries.json"
        try "{\(entries.map { #""\#($0.key)":"\#($0.value)""# }.joined(separator: ","))}"
            .write(toFile: file, atomically: true, encoding: .utf8)
        try send(file, to: "/namespaces/\(session.namespace)/import", tenon, session)
    }

    /// Fails where the answer is no success.
    static func send(_ file: String, to path: String, _ tenon: Served, _ session: Session) throws {
        try Shell.run(
            "curl",
            [
                "-skf", "-o", "/dev/null", "--data-binary", "@\(file)", "-H", "Content-Type: application/json", "-H",
                "Authorization: Bearer \(session.token)", "\(tenon.address)/api/v1\(path)",
            ])
    }

    /// The token of a user of the session's tenant whom its rules concern.
    static func viewer(_ tenon: Served, _ session: Session) throws -> String {
        let email = "viewer-\(session.email)"
        let made = try Session.post(
            tenon, "/users", #"{"email":"\#(email)","password":"\#(Session.password)","roles":["viewer"]}"#,
            session.token)
        let login = try Session.post(
            tenon, "/auth/login", #"{"email":"\#(email)","password":"\#(Session.password)"}"#, "")
        guard let token = login["access_token"] as? String else {
            throw Shell.Failed(description: "no viewer: \(made) \(login)")
        }
        return token
    }
}

/// Takes connections and says nothing.
struct SilentServer {
    private let descriptor: Int32
    let port: Int

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bound in
                bind(descriptor, bound, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, bound, &size) == 0
            }
        }
        guard isBound else { throw Shell.Failed(description: "no port for the silent provider") }
        port = Int(in_port_t(bigEndian: address.sin_port))
    }

    func close() { Glibc.close(descriptor) }
}

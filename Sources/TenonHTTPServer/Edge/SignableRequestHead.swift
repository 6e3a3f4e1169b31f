internal import NIOHTTP1
internal import TenonDomain

extension SignableRequest {
    /// As the client sent it, behind trusted proxies.
    init(_ head: HTTPRequestHead, _ target: RequestTarget, _ client: ClientFacts) {
        let host = client.host.flatMap { HostField($0) }
        let standardPort: UInt16 = client.isSecure ? 443 : 80
        let port = host?.port.flatMap { $0 == standardPort ? nil : Int($0) }
        self.init(
            method: head.method.rawValue, scheme: client.isSecure ? "https" : "http",
            authority: host?.authority(port: port) ?? "", requestTarget: head.uri, path: String(target.path),
            query: String(target.query), fields: head.headers.map { Field($0.name, $0.value) })
    }
}

internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

extension EndpointCatalog {
    mutating func addSSO(_ useCases: SSOUseCases, paging: Paging) {
        addSSOConnections(useCases, paging: paging)
        add(BeginSSOLoginEndpoint(useCases))
        add(CompleteSSOLoginEndpoint(useCases))
    }
}

extension EndpointRequest {
    /// The address for the provider's redirect: at the configured public URL, or at the address of this request. Both
    /// requests of a login must yield the same.
    func redirectURI(of connection: SSOConnectionID, under publicURL: String?) -> String {
        let host = client.host.flatMap { HostField($0) }?.authority ?? "localhost"
        return (publicURL ?? "\(client.isSecure ? "https" : "http")://\(host)") + SSOPaths.callback(of: connection)
    }
}

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
    /// Where the provider sends the browser: under the address that the operator has set, or the one that this request
    /// came to. Both requests of a login must yield the same.
    func redirectURI(of connection: SSOConnectionID, under publicURL: String?) -> String {
        let host = client.host.flatMap { HostField($0) }?.authority ?? "localhost"
        return (publicURL ?? "\(client.isSecure ? "https" : "http")://\(host)") + SSOPaths.callback(of: connection)
    }
}

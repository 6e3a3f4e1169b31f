internal import TenonApplication
internal import TenonHTTPServer

extension EndpointCatalog {
    mutating func addAPIKeys(_ useCases: APIKeyUseCases, paging: Paging) {
        add(CreateAPIKeyEndpoint(useCases.create))
        add(ListAPIKeysEndpoint(useCases.list, paging: paging))
        add(GetAPIKeyEndpoint(useCases.get))
        add(UpdateAPIKeyEndpoint(useCases.update))
        add(RotateAPIKeyEndpoint(useCases.rotate))
        add(RevokeAPIKeyEndpoint(useCases.revoke))
    }
}

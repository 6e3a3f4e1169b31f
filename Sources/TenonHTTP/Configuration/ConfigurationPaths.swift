internal import TenonDomain
internal import TenonHTTPServer

extension PathParameter<ConfigKey> {
    static var configKey: Self {
        PathParameter(name: "key", description: "The entry's key.", failure: .configNotFound)
    }
}

extension PathParameter<VersionNumber> {
    static var configVersion: Self {
        PathParameter(name: "version", description: "A version's number.", failure: .configVersionNotFound)
    }
}

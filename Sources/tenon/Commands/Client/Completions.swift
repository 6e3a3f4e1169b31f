internal import ArgumentParser
internal import TenonClient
internal import TenonDomain
internal import TenonKit

/// Words that a shell offers. There are none without a session or if the server is unreachable.
enum Completions {
    @Sendable static func namespaces(_ words: [String], _ index: Int, _ prefix: String) async -> [String] {
        await names("name", words) { api throws(Failure) in
            try await api.items(APIRequest(.get, "namespaces"))
        }
    }

    @Sendable static func keys(_ words: [String], _ index: Int, _ prefix: String) async -> [String] {
        guard let namespace = option(["-n", "--namespace"], words) ?? ResolvedOptions.variable("TENON_NAMESPACE")
        else { return [] }
        return await names("key", words) { api throws(Failure) in
            let id = try await api.namespaceID(namespace)
            return try await api.items(
                APIRequest(.get, "namespaces", id, "configs").parameter("prefix", prefix.isEmpty ? nil : prefix))
        }
    }

    private static func names(
        _ member: String, _ words: [String], _ list: (APIClient) async throws(Failure) -> [JSONValue]
    ) async -> [String] {
        var names: [String] = []
        do throws(Failure) {
            var client = ClientOptions()
            client.server = option(["--server"], words)
            client.caFile = option(["--ca-file"], words)
            let options = try ResolvedOptions(client)
            try await options.withTransport { transport throws(Failure) in
                let api = APIClient(over: transport, as: try options.credential(over: transport))
                names = try await list(api).compactMap { $0[member]?.stringValue }
            }
        } catch {
            // Errors must not appear in the middle of a shell's line.
        }
        return names
    }

    private static func option(_ names: [String], _ words: [String]) -> String? {
        guard let place = words.firstIndex(where: names.contains), place + 1 < words.count else { return nil }
        return words[place + 1]
    }
}

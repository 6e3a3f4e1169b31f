internal import TenonDomain

/// Finds the route of a path with a tree of segments. Literals take precedence over captures; a trailing slash is
/// ignored, an empty segment in the middle is not.
struct PathRouter<Route: Sendable>: Sendable {
    enum Match {
        case route(Route, captures: PathCaptures)
        /// The path exists, with these methods.
        case wrongMethod(allowed: [String])
        case none
    }

    private struct Node {
        /// Few: comparing bytes is faster than hashing text.
        var literals: [(name: [UInt8], node: Int)] = []
        var capture: Int?
        var routes: [(method: Operation.Method, route: Route, captureNames: [String])] = []

        func literal(_ segment: Substring) -> Int? {
            literals.first { $0.name.elementsEqual(segment.utf8) }?.node
        }
    }

    private var nodes = [Node()]

    /// Traps on a duplicate path and method.
    mutating func add(_ route: Route, _ method: Operation.Method, _ path: String) {
        var at = 0
        var names: [String] = []
        for segment in path.split(separator: "/") {
            let isCapture = segment.hasPrefix("{")
            if isCapture { names.append(String(segment.dropFirst().dropLast())) }
            if let next = isCapture ? nodes[at].capture : nodes[at].literal(segment) {
                at = next
                continue
            }
            nodes.append(Node())
            if isCapture {
                nodes[at].capture = nodes.count - 1
            } else {
                nodes[at].literals.append((Array(segment.utf8), nodes.count - 1))
            }
            at = nodes.count - 1
        }
        precondition(!nodes[at].routes.contains { $0.method == method }, "\(method) \(path) is declared more than once")
        nodes[at].routes.append((method, route, names))
    }

    /// `path` without the query. A GET route also serves HEAD.
    func match(_ method: String, _ path: Substring) -> Match {
        guard let (node, captured) = find(path) else { return .none }
        let wanted = method == "HEAD" ? "GET" : method
        guard let found = nodes[node].routes.first(where: { $0.method.rawValue == wanted }) else {
            return .wrongMethod(allowed: methods(of: node))
        }
        var captures = PathCaptures()
        for (name, segment) in zip(found.captureNames, captured) {
            guard let text = PercentEncoding.decode(segment) else { return .none }
            captures.pairs.append((name, text))
        }
        return .route(found.route, captures: captures)
    }

    /// The methods of a path; empty if it does not exist.
    func methods(at path: Substring) -> [String] {
        find(path).map { methods(of: $0.node) } ?? []
    }

    private func methods(of node: Int) -> [String] {
        let methods = nodes[node].routes.map(\.method)
        return (methods.map(\.rawValue) + (methods.contains(.get) ? ["HEAD"] : []) + ["OPTIONS"]).sorted()
    }

    private func find(_ path: Substring) -> (node: Int, captured: [Substring])? {
        let slash = UInt8(ascii: "/")
        guard path.utf8.first == slash else { return nil }
        var segments = path.utf8.dropFirst().split(separator: slash, omittingEmptySubsequences: false)
            .map { Substring($0) }
        if segments.last == "" { segments.removeLast() }
        var captured: [Substring] = []
        guard let node = find(segments[...], from: 0, &captured), !nodes[node].routes.isEmpty else { return nil }
        return (node, captured)
    }

    private func find(_ segments: ArraySlice<Substring>, from node: Int, _ captured: inout [Substring]) -> Int? {
        guard let segment = segments.first else { return node }
        if let next = nodes[node].literal(segment),
            let found = find(segments.dropFirst(), from: next, &captured), !nodes[found].routes.isEmpty
        {
            return found
        }
        guard let next = nodes[node].capture, !segment.isEmpty else { return nil }
        captured.append(segment)
        if let found = find(segments.dropFirst(), from: next, &captured) { return found }
        captured.removeLast()
        return nil
    }
}

/// The values of a path's parameters. Few: a linear search is faster than hashing.
package struct PathCaptures: Sendable {
    fileprivate var pairs: [(name: String, text: String)] = []

    package subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.text
    }

    /// The resource of the path, as the client wrote it: `{namespace_id}` is a `namespace`.
    var resource: ResourceReference? {
        pairs.last.map { last in
            ResourceReference(
                kind: last.name.hasSuffix("_id") ? String(last.name.dropLast(3)) : last.name,
                id: String(last.text.unicodeScalars.prefix(256)))
        }
    }
}

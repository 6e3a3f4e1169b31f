import Foundation
import Synchronization
import TenonCrypto
import TenonDomain
import TenonKit

@testable import TenonCrypto

/// An identity provider of the tests' own, on a loopback port, that signs by Ed25519 and says whatever it is told to.
/// One request per connection.
final class HostileProvider: Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        let fields: [String: String]
        let body: String
    }

    struct Reply: Sendable {
        var status = "200 OK"
        var fields: [String] = []
        var body: [UInt8] = []
        /// Sends the body byte by byte, with a pause behind each.
        var isDripping = false
        /// Answers nothing, for as long as the client waits.
        var isSilent = false

        static func json(_ value: JSONValue, status: String = "200 OK", fields: [String] = []) -> Reply {
            Reply(status: status, fields: ["Content-Type: application/json"] + fields, body: value.encoded())
        }
    }

    let port: Int
    private let socket: Int32
    private let log = Mutex<[Request]>([])
    /// By path; a path that nobody set answers as an honest provider does.
    private let replies = Mutex<[String: Reply]>([:])
    private let signer = Mutex<(key: Ed25519PrivateKey, id: String)>((HostileProvider.key(1), "k1"))

    var issuer: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { log.withLock { $0 } }
    func count(of path: String) -> Int { requests.count { $0.path == path } }

    static func key(_ number: UInt8) -> Ed25519PrivateKey {
        Ed25519PrivateKey(seed: Secret([UInt8](repeating: number, count: 32)))!
    }

    init() throws {
        let descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        port = Int(UInt16(bigEndian: address.sin_port))
        socket = descriptor
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                guard let self else {
                    close(connection)
                    return
                }
                self.serve(connection)
            }
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }

    /// Nobody listens from now on.
    func vanish() {
        shutdown(socket, Int32(SHUT_RDWR))
    }

    func set(_ path: String, _ reply: Reply?) {
        replies.withLock { $0[path] = reply }
    }

    func rotate(to number: UInt8) {
        signer.withLock { $0 = (Self.key(number), "k\(number)") }
    }

    // MARK: What an honest one says

    static let discovery = "/.well-known/openid-configuration"

    func metadata(_ change: (inout JSONObject) -> Void = { _ in }) -> JSONValue {
        var object = JSONObject()
        object["issuer"] = .string(issuer)
        object["authorization_endpoint"] = .string("\(issuer)/authorize")
        object["token_endpoint"] = .string("\(issuer)/token")
        object["jwks_uri"] = .string("\(issuer)/jwks")
        object["id_token_signing_alg_values_supported"] = ["EdDSA"]
        change(&object)
        return .object(object)
    }

    var keySet: JSONValue {
        let (key, id) = signer.withLock { $0 }
        return [
            "keys": [
                [
                    "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": .string(id),
                    "x": .string(Base64URL.encode(key.publicKey)),
                ]
            ]
        ]
    }

    /// A token under the current key.
    func sign(_ claims: JSONValue, header: (inout JSONObject) -> Void = { _ in }) -> String {
        let (key, id) = signer.withLock { $0 }
        var head = JSONObject()
        head["alg"] = "EdDSA"
        head["typ"] = "JWT"
        head["kid"] = .string(id)
        header(&head)
        let signed = Base64URL.encode(JSONValue.object(head).encoded()) + "." + Base64URL.encode(claims.encoded())
        return signed + "." + Base64URL.encode(key.sign(Array(signed.utf8)))
    }

    /// What the token endpoint answers from now on.
    func hand(out token: String) {
        set("/token", .json(["access_token": "at", "token_type": "Bearer", "id_token": .string(token)]))
    }

    private func reply(to request: Request) -> Reply {
        if let reply = replies.withLock({ $0[request.path] }) { return reply }
        switch request.path {
        case Self.discovery: return .json(metadata())
        case "/jwks": return .json(keySet)
        default: return Reply(status: "404 Not Found")
        }
    }

    // MARK: Sockets

    private func serve(_ connection: Int32) {
        Thread.detachNewThread { [weak self] in
            defer { close(connection) }
            guard let request = Self.read(connection), let reply = self?.reply(to: request) else { return }
            self?.log.withLock { $0.append(request) }
            var byte: UInt8 = 0
            guard !reply.isSilent else {
                while recv(connection, &byte, 1, 0) > 0 {}
                return
            }
            let head =
                (["HTTP/1.1 \(reply.status)", "Content-Length: \(reply.body.count)", "Connection: close"] + reply.fields)
                .joined(separator: "\r\n") + "\r\n\r\n"
            guard Self.send(Array(head.utf8), connection) else { return }
            guard reply.isDripping else {
                _ = Self.send(reply.body, connection)
                return
            }
            for byte in reply.body {
                guard Self.send([byte], connection) else { return }
                usleep(100_000)
            }
        }
    }

    private static func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            bytes += piece[..<count]
            let halves = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n\r\n")
            guard halves.count > 1 else { continue }
            let lines = halves[0].components(separatedBy: "\r\n")
            var fields: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            let body = halves.dropFirst().joined(separator: "\r\n\r\n")
            guard body.utf8.count >= Int(fields["content-length"] ?? "0") ?? 0 else { continue }
            let words = lines[0].split(separator: " ")
            return Request(method: String(words[0]), path: String(words[1]), fields: fields, body: body)
        }
    }
}

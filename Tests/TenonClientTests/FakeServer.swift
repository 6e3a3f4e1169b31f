import Foundation
import Synchronization
import TenonClient
import TenonDomain
import TenonKit

/// A test double of a server: answers what the test says, one request per connection.
final class FakeServer: Sendable {
    struct Request: Sendable {
        let method: String
        /// Path and query.
        let target: String
        /// Names in lower case.
        let fields: [String: String]
        let body: String

        var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }
    }

    /// A head and pieces of a body; the end of the connection ends it.
    struct Reply: Sendable {
        let status: String
        var fields: [String] = []
        var pieces: [String] = []

        static func json(_ value: JSONValue, _ status: String = "200 OK") -> Reply {
            Reply(status: status, fields: ["Content-Type: application/json"], pieces: [value.description])
        }

        static func problem(_ status: Int, _ code: String, _ detail: String) -> Reply {
            Reply(
                status: "\(status) X", fields: ["Content-Type: application/problem+json"],
                pieces: [
                    (["code": .string(code), "detail": .string(detail), "request_id": "req_1"] as JSONValue)
                        .description
                ])
        }

        static func events(_ pieces: [String]) -> Reply {
            Reply(status: "200 OK", fields: ["Content-Type: text/event-stream"], pieces: pieces)
        }
    }

    let port: Int
    private let socket: Int32
    private let log = Mutex<[Request]>([])

    /// What was asked so far.
    var requests: [Request] { log.withLock { $0 } }

    init(_ answer: @escaping @Sendable (Request) -> Reply) throws {
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
                self.serve(connection, answer)
            }
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }

    private func serve(_ connection: Int32, _ answer: @escaping @Sendable (Request) -> Reply) {
        Thread.detachNewThread { [weak self] in
            defer { close(connection) }
            guard let request = Self.read(connection) else { return }
            self?.log.withLock { $0.append(request) }
            let reply = answer(request)
            let head = (["HTTP/1.1 \(reply.status)", "Connection: close"] + reply.fields).joined(separator: "\r\n")
            for piece in [head + "\r\n\r\n"] + reply.pieces {
                _ = send(connection, piece, piece.utf8.count, Int32(MSG_NOSIGNAL))
            }
        }
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
            return Request(method: String(words[0]), target: String(words[1]), fields: fields, body: body)
        }
    }

    /// Lends connections to it.
    func withTransport<Value: Sendable>(_ body: (HTTPTransport) async throws -> Value) async throws -> Value {
        let transport = try HTTPTransport(to: ServerAddress("http://127.0.0.1:\(port)"), as: "tests")
        do {
            let value = try await body(transport)
            await transport.close()
            return value
        } catch {
            await transport.close()
            throw error
        }
    }
}

/// A folder that is gone when the body has ended.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = NSTemporaryDirectory() + "tenon-client-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}

/// The failure that the body ends with.
func failure(_ body: () async throws -> Void) async -> Failure? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Failure
    }
}

internal import Foundation

/// The limit of the watchers' bench: a loop that writes what it is sent on one connection to all others.
enum FanOut {
    /// The first so many connections are the readers; the one after them says what to write.
    static func run(port: Int, readers: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound, listen(listener, 1024) == 0 else { throw Shell.Failed(description: "the port is taken") }
        var connections: [Int32] = []
        while connections.count < readers { connections.append(try acceptOne(listener)) }
        let source = try acceptOne(listener)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            for connection in connections { _ = send(connection, buffer, count, Int32(MSG_NOSIGNAL)) }
        }
    }

    private static func acceptOne(_ listener: Int32) throws -> Int32 {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { throw Shell.Failed(description: "a connection was not accepted") }
        return connection
    }
}

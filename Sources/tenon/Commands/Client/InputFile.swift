internal import Glibc
internal import TenonDomain

/// The input of commands: standard input and files.
enum InputFile {
    /// More than any server accepts.
    private static let maxBytes = 64 << 20

    /// `@FILE` is the text of the file, `@@…` is a text that begins with `@`, anything else is the text itself.
    static func text(_ argument: String, named name: String) throws(Failure) -> String {
        guard argument.hasPrefix("@") else { return argument }
        let rest = String(argument.dropFirst())
        return rest.hasPrefix("@") ? rest : try text(bytes(of: rest), named: name)
    }

    static func standardInputText() throws(Failure) -> String {
        try text(standardInput(), named: "Standard input")
    }

    static func standardInput() throws(Failure) -> [UInt8] {
        try bytes(from: STDIN_FILENO, named: "Standard input")
    }

    static func bytes(of path: String) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        return try bytes(from: descriptor, named: path)
    }

    /// Passes a file of any length to `take` piece by piece; `-` is standard input. Ends when `take` returns a result.
    static func pieces<Found>(of path: String, _ take: (UnsafeRawBufferPointer) -> Found?) throws(Failure) -> Found? {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { if path != "-" { close(descriptor) } }
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { piece.deallocate() }
        while true {
            let count = Glibc.read(descriptor, piece.baseAddress, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path) }
            if count == 0 { return nil }
            if let found = take(UnsafeRawBufferPointer(rebasing: piece[..<count])) { return found }
        }
    }

    private static func bytes(from descriptor: Int32, named name: String) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(name) }
            if count == 0 { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= maxBytes else {
                throw .invalid("too_long", "\(name) must be at most \(maxBytes) bytes.")
            }
        }
    }

    /// Without one line end (LF or CR LF) at its end, which editors and `echo` add.
    private static func text(_ bytes: [UInt8], named name: String) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalid("invalid_utf8", "\(name) must be UTF-8.")
        }
        var scalars = text.unicodeScalars
        if scalars.last == "\n" {
            scalars.removeLast()
            if scalars.last == "\r" { scalars.removeLast() }
        }
        return String(scalars)
    }

    private static func unreadable(_ name: String) -> Failure {
        .invalid("unreadable", "\(name) cannot be read: \(String(cString: strerror(errno)).lowercased()).")
    }
}

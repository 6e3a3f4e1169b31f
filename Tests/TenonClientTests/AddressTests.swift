import TenonClient
import TenonDomain
import Testing

@Suite struct AddressTests {
    @Test(
        "One server has one text",
        arguments: [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("HTTPS://Tenon.Example.com/", "https://tenon.example.com"),
            ("https://tenon.example.com:443", "https://tenon.example.com"), ("http://[::1]:80", "http://[::1]"),
        ])
    func text(text: String, canonical: String) throws {
        let server = try ServerAddress(text)
        #expect(server.description == canonical)
        #expect(try ServerAddress(canonical) == server)
    }

    @Test(
        "What is no address of a server is refused, and its secrets are not shown",
        arguments: [
            "", "127.0.0.1:8000", "ftp://a", "http://", "http://user:hunter2@a", "http://a/api", "http://a?b",
            "http://a#b",
            "http://a:0", "http://a:70000",
        ])
    func refused(text: String) {
        let refusal = #expect(throws: Failure.self) { try ServerAddress(text) }
        #expect(refusal?.detail.contains("hunter2") == false)
    }

    @Test(
        "What stays on the machine is told from what goes out",
        arguments: [
            ("http://127.0.0.1:8000", true), ("http://localhost", true), ("http://[::1]:1", true),
            ("http://127.0.0.1.example.com", false), ("http://10.0.0.1", false),
            ("http://localhost.example.com", false),
        ])
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try ServerAddress(text).isLoopback == isLoopback)
    }
}

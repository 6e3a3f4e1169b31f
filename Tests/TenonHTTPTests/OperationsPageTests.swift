import TenonKit
import Testing

@testable import TenonHTTPServer

@Suite struct OperationsPageTests {
    private let hostile = #"<script>alert("x")</script> & 'y' </code></td><img src=x onerror=alert(1)>"#

    private func operation(_ text: String) -> Operation {
        Operation(
            "plain", .get, Path(stringLiteral: "/\(text)"), tag: text, summary: text, description: text, access: .open)
    }

    @Test("text of an operation never becomes markup")
    func escaping() {
        let page = OperationsPage.html([operation(hostile)]).text
        #expect(page.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;"))
        #expect(!page.contains("<script"))
        #expect(!page.contains("<img"))
        // Hostile text brings no tags of its own: what opens and closes is what a harmless operation's page has.
        let harmless = OperationsPage.html([operation("plain")]).text
        #expect(page.count { $0 == "<" } == harmless.count { $0 == "<" })
        #expect(page.count { $0 == "\"" } == harmless.count { $0 == "\"" })
    }

    @Test("control characters are not sent")
    func controlCharacters() {
        let markup: HTML = "<p>\("a\u{1}b\u{85}c\r\nd")</p>"
        #expect(markup.text == "<p>a\u{FFFD}b\u{FFFD}c\u{FFFD}\nd</p>")
    }

    @Test("every operation has a row with its method, path, id and summary")
    func operations() {
        let page = OperationsPage.html([operation("a"), operation("b")]).text
        for name in ["a", "b"] {
            let row = """
                <tr><td>\(name)</td><td>GET</td><td>/api/v1/\(name)</td><td>plain</td><td>\(name)</td></tr>
                """
            #expect(page.contains(row))
        }
        #expect(page.hasPrefix("<!DOCTYPE html>"))
        #expect(page.hasSuffix("</html>\n"))
    }

    @Test("no page has a script, a style or a handler of its own")
    func pages() {
        for page in [OperationsPage.html([operation("a")]).text, SwaggerPage.html, RedocPage.html] {
            #expect(!page.contains("<style") && !page.contains(" style=") && !page.contains(" onload="))
            #expect(page.ranges(of: "<script ").count == page.ranges(of: "<script src=\"/docs/assets/").count)
            #expect(!page.contains("<script>") && !page.contains("//cdn"))
        }
    }
}

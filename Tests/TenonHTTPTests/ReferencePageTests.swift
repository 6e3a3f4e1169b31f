import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct ReferencePageTests {
    private let hostile = #"<script>alert("x")</script> & 'y' </code></td><img src=x onerror=alert(1)>"#

    @Test("text of the document never becomes markup, wherever it stands")
    func escaping() {
        let page = ReferencePage(.sampleDocument(hostile)).html
        #expect(page.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;"))
        #expect(!page.contains("<script"))
        #expect(!page.contains("<img"))
        // Hostile text brings no tags of its own: what opens and closes is what a harmless document's page has.
        let harmless = ReferencePage(.sampleDocument()).html
        #expect(page.count { $0 == "<" } == harmless.count { $0 == "<" })
        #expect(page.count { $0 == "\"" } == harmless.count { $0 == "\"" })
    }

    @Test("control characters are not sent")
    func controlCharacters() {
        let markup: HTML = "<p>\("a\u{1}b\u{85}c\r\nd")</p>"
        #expect(markup.text == "<p>a\u{FFFD}b\u{FFFD}c\u{FFFD}\nd</p>")
    }

    @Test("every operation has an article and an entry in the contents; what is no method has neither")
    func operations() {
        let page = ReferencePage(.sampleDocument()).html
        for (anchor, title) in [("operation-plain", "plain"), ("operation-get~20~2fbare", "GET /bare")] {
            #expect(page.contains("<article id=\"\(anchor)\">"))
            #expect(page.contains("<h3><a href=\"#\(anchor)\">\(title)</a></h3>"))
            #expect(page.split(separator: "<main").first?.contains("<a href=\"#\(anchor)\">") == true)
        }
        #expect(page.count(of: "<article id=\"operation-") == 2)
        #expect(page.contains("<code>bearer</code> with <code>plain</code>, permission <code>plain</code>"))
        #expect(page.contains("open to everyone"))
        #expect(page.contains("<td>not_found</td>"))
    }

    @Test("a body's fields are told with type, need and rules, those of nested objects too")
    func fields() {
        let page = ReferencePage(.sampleDocument()).html
        for field in ["name", "owner", "owner.email", "parts", "parts[].size", "parent"] {
            // At the operation and among the schemas.
            #expect(page.count(of: "<th scope=\"row\"><code>\(field)</code></th>") == 2)
        }
        let name = """
            <th scope="row"><code>name</code></th><td>string or null</td><td>required</td><td>plain \
            <span class="rules">one of <code>plain</code>, <code>null</code>; 1 to 64 characters; \
            matches <code>plain</code>; default <code>plain</code></span></td>
            """
        #expect(page.contains(name))
        #expect(page.contains("<td><a href=\"#schema-Thing\"><code>Thing</code></a> or null</td>"))
        #expect(page.contains("<td>string (email)</td>"))
        #expect(page.contains("<td>array of object</td>"))
        #expect(page.contains("Other fields are refused."))
        #expect(page.contains("<article id=\"schema-Thing\">"))
    }

    @Test("parameters of the path and referenced ones are listed")
    func parameters() {
        let page = ReferencePage(.sampleDocument()).html
        #expect(page.contains("<code>id</code></th><td>path</td><td>string</td><td>required</td>"))
        let limit = "<code>limit</code></th><td>query</td><td>integer</td><td>optional</td><td>at most 9</td>"
        #expect(page.contains(limit))
    }

    @Test("every link within the page has a target, and no target stands twice")
    func links() {
        for text in ["plain", hostile] {
            let page = ReferencePage(.sampleDocument(text)).html
            let targets = page.pieces(after: " id=\"")
            #expect(Set(targets).count == targets.count)
            #expect(Set(page.pieces(after: "href=\"#")).subtracting(targets).isEmpty)
        }
    }

    @Test(
        "any JSON makes a page",
        arguments: [
            "null", "{}", "[]", #"{"paths":[],"components":3,"tags":{},"info":"x"}"#,
            #"{"paths":{"/a":null,"/b":{"get":7},"/c":{"post":{"requestBody":{},"responses":{"200":1},"security":1}}}}"#,
            ##"{"components":{"schemas":{"A":{"allOf":[{"$ref":"#/components/schemas/A"}]},"B":{"$ref":"#/x"},"C":true}}}"##,
        ])
    func anyDocument(_ text: String) throws {
        let page = ReferencePage(try JSONParser.parse(text)).html
        #expect(page.hasPrefix("<!DOCTYPE html>"))
        #expect(page.hasSuffix("</html>\n"))
    }

    @Test("no page has a script, a style or a handler of its own")
    func pages() {
        for page in [ReferencePage(.sampleDocument()).html, SwaggerPage.html, RedocPage.html] {
            #expect(!page.contains("<style") && !page.contains(" style=") && !page.contains(" onload="))
            #expect(page.count(of: "<script ") == page.count(of: "<script src=\"/docs/assets/"))
            #expect(!page.contains("<script>") && !page.contains("//cdn"))
        }
    }
}

extension String {
    fileprivate func count(of text: String) -> Int { ranges(of: text).count }

    /// What stands from each such opening to the next quote.
    fileprivate func pieces(after opening: String) -> [String] {
        ranges(of: opening).map { String(self[$0.upperBound...].prefix { $0 != "\"" }) }
    }
}

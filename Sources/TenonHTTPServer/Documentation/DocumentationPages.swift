/// Swagger UI on the document at `/openapi.json`. Its files don't come with the sources:
/// `deploy/fetch-docs-assets` puts them next to ours.
enum SwaggerPage {
    /// Connections are for the document and for the calls that a reader tries out.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static let html = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Tenon – Swagger UI</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="/docs/assets/swagger-ui.css">
        <script src="/docs/assets/swagger-ui-bundle.js" defer></script>
        <script src="/docs/assets/swagger-init.js" defer></script>
        </head>
        <body>
        <div id="swagger-ui"><noscript>This page needs scripts.</noscript></div>
        </body>
        </html>

        """

    /// Served at `/docs/assets/swagger-init.js`, so that the page has no script of its own. The validator would
    /// send the document's address to another host; tokens are forgotten with the page.
    static let script = """
        "use strict";
        SwaggerUIBundle({
          url: "/openapi.json",
          dom_id: "#swagger-ui",
          deepLinking: true,
          displayRequestDuration: true,
          validatorUrl: null,
          persistAuthorization: false,
        });

        """
}

/// Redoc on the document at `/openapi.json`; its files come the same way.
enum RedocPage {
    /// Redoc makes its style elements empty and fills them by script, but for the scroll bar's, which it inlines:
    /// the hashes are those of the two texts. Another version may need other hashes; the browser's console tells
    /// them. The search runs in a worker made of a blob.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; "
        + "style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
        + "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; "
        + "img-src data:; connect-src 'self'; worker-src blob:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static let html = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Tenon – Redoc</title>
        <link rel="icon" href="data:,">
        <script src="/docs/assets/redoc.standalone.js" defer></script>
        <script src="/docs/assets/redoc-init.js" defer></script>
        </head>
        <body>
        <div id="redoc"><noscript>This page needs scripts.</noscript></div>
        </body>
        </html>

        """

    /// Served at `/docs/assets/redoc-init.js`. The page may have no style of its own but a script may set one.
    static let script = """
        "use strict";
        document.body.style.margin = "0";
        Redoc.init("/openapi.json", {}, document.getElementById("redoc"));

        """
}

/// Swagger UI on the document at `/openapi.json`. Its files are not part of the sources: `deploy/fetch-docs-assets`
/// downloads them.
enum SwaggerPage {
    /// Connections are for the document and for the requests that a reader tries.
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

    /// Served at `/docs/assets/swagger-init.js`, so that the page has no inline script. The validator would send the
    /// document's address to another host; tokens are not stored.
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

/// Redoc on the document at `/openapi.json`; its files are downloaded in the same way.
enum RedocPage {
    /// Redoc creates empty style elements and fills them by script, except the scroll bar's, which it inlines: the
    /// hashes are those of the two texts. Another version may need other hashes; the browser's console shows them. The
    /// search runs in a worker made of a blob.
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

    /// Served at `/docs/assets/redoc-init.js`. The page must not have inline styles, but a script may set one.
    static let script = """
        "use strict";
        document.body.style.margin = "0";
        Redoc.init("/openapi.json", {}, document.getElementById("redoc"));

        """
}

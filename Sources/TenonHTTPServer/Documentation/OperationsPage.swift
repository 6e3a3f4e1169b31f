/// The built-in page where the files of Swagger UI and Redoc are not installed: every operation in one table, without
/// scripts.
enum OperationsPage {
    /// The icon's `data:` prevents browsers from requesting `/favicon.ico`.
    static let contentSecurityPolicy =
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static func html(_ operations: [Operation]) -> HTML {
        let rows = operations.map { operation -> HTML in
            """
            <tr><td>\(operation.tag)</td><td>\(operation.method.rawValue)</td><td>\(operation.canonicalPath)</td>\
            <td>\(operation.id)</td><td>\(operation.summary)</td></tr>

            """
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Tenon – operations</title>
            <link rel="icon" href="data:,">
            </head>
            <body>
            <h1>Operations</h1>
            <p><a href="/openapi.json">/openapi.json</a> describes each of them. Install Swagger UI and Redoc to read it here.</p>
            <table>
            <thead><tr><th>Tag</th><th>Method</th><th>Path</th><th>Id</th><th>Summary</th></tr></thead>
            <tbody>
            \(HTML(rows))</tbody>
            </table>
            </body>
            </html>

            """
    }
}

import OTPless

/// `/docs`: the document as a page for people, written once when the server starts.
///
/// **Shape**: HTML without a script; every operation, code and section has an id to link to.
struct DocsPage {
    let document: JSONTree

    /// Where its style is.
    let style: String

    /// One method of one path.
    struct Operation {
        let method: String
        let path: String
        let value: JSONTree

        var id: String { value["operationId"]?.text ?? "" }
        var summary: String { value["summary"]?.text ?? "" }
        var tag: String { value["tags"]?.elements.first?.text ?? "" }
    }

    /// All of them, in the document's order.
    var operations: [Operation] {
        (document["paths"]?.members ?? []).flatMap { path, item in
            item.members.map { Operation(method: $0.uppercased(), path: path, value: $1) }
        }
    }

    private var info: JSONTree { document["info"] ?? [:] }

    /// The address that paths begin with.
    var server: String { document["servers"]?.elements.first?["url"]?.text ?? "" }

    /// The page, UTF-8.
    var html: [UInt8] {
        let title = Prose.escaped(info["title"]?.text ?? "API")
        return Array(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>\(title)</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="\(style)">
            </head>
            <body>
            <a class="skip" href="#content">Skip to the content</a>
            \(navigation)
            <main id="content" tabindex="-1">
            \(introduction(title))
            \(tags.map(section).joined())
            \(anyRequest)
            \(catalogue)
            </main>
            </body>
            </html>

            """.utf8)
    }

    private var tags: [JSONTree] { document["tags"]?.elements ?? [] }

    private func introduction(_ title: String) -> String {
        """
        <header>
        <h1>\(title)</h1>
        <p class="lead">\(Prose.line(info["summary"]?.text ?? ""))</p>
        \(Prose.blocks(info["description"]?.text ?? ""))
        <dl class="facts">
        <div><dt>Address</dt><dd><code>\(Prose.escaped(server))</code></dd></div>
        <div><dt>Version</dt><dd>\(Prose.escaped(info["version"]?.text ?? ""))</dd></div>
        <div><dt>For tools</dt><dd><a href="/openapi.json">OpenAPI document</a></dd></div>
        </dl>
        </header>
        """
    }

    private var navigation: String {
        let groups = tags.map { tag in
            let name = tag["name"]?.text ?? ""
            let items = operations.filter { $0.tag == name }.map { operation in
                let method = "<span class=\"\(operation.method)\">\(operation.method)</span>"
                let summary = Prose.escaped(operation.summary)
                return "<li><a href=\"#\(operation.id)\">\(method) \(summary)</a></li>\n"
            }
            return "<li><a href=\"#\(name)\">\(name)</a>\n<ul>\n\(items.joined())</ul></li>\n"
        }
        return """
            <nav aria-label="Contents">
            <ul>
            \(groups.joined())<li><a href="#any-request">Any request</a></li>
            <li><a href="#errors">Errors</a></li>
            </ul>
            </nav>
            """
    }

    private func section(_ tag: JSONTree) -> String {
        let name = tag["name"]?.text ?? ""
        let own = operations.filter { $0.tag == name }
        return """
            <section>
            \(Self.heading(2, id: name, Prose.escaped(name)))
            \(Prose.blocks(tag["description"]?.text ?? ""))
            \(own.map(article).joined())
            </section>

            """
    }

    /// A heading that is a link to itself.
    static func heading(_ level: Int, id: String, _ html: String) -> String {
        "<h\(level) id=\"\(id)\"><a href=\"#\(id)\">\(html)</a></h\(level)>"
    }
}

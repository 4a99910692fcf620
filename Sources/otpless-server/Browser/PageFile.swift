/// A file of Pages.
struct PageFile {
    let name: String
    let bytes: [UInt8]

    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// The files of Pages that are served by their hash: a line for each.
extension PageFile {
    /// Parts of pages.
    static let parts = [
        PageFile("countries.js", PackageResources.countries_js),
        PageFile("docs.css", PackageResources.docs_css),
        PageFile("element.css", PackageResources.element_css),
        PageFile("element.js", PackageResources.element_js),
        PageFile("page.css", PackageResources.page_css),
        PageFile("page.js", PackageResources.page_js),
    ]

    /// What pages say in each language that messages have.
    static let words = [
        PageFile("ar.json", PackageResources.ar_json),
        PageFile("de.json", PackageResources.de_json),
        PageFile("en.json", PackageResources.en_json),
        PageFile("es.json", PackageResources.es_json),
        PageFile("fr.json", PackageResources.fr_json),
        PageFile("hi.json", PackageResources.hi_json),
        PageFile("id.json", PackageResources.id_json),
        PageFile("pt.json", PackageResources.pt_json),
    ]
}

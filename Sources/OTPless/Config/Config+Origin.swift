extension Config {
    /// The public URL's scheme, host and port, as browsers write an origin.
    public var publicOrigin: String? { WebURL(publicURL)?.origin }
}

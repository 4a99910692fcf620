package import OTPless
import WSGateway
import Wire

/// Method and path of each route, for the test that compares them with the description of the API.
package func routeNames(
    _ app: App, _ events: LoginEvents
) throws(ConfigError) -> [(method: String, path: String)] {
    try routes(app, Gateway(app, events: events), Site(app.config)).names
}

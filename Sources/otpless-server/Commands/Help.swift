/// What the command line says about itself.
enum Help {
    static let version = "0.1.0"

    private static let overview = """
        otpless-server \(version): sign in by answering on WhatsApp

        usage: otpless-server COMMAND [OPTIONS]

          serve     serve the API; configured by OTPLESS_* environment variables
          demo      serve the API with a simulated WhatsApp, a login page and a phone to tap on
          version   print the version

        `otpless-server COMMAND --help` says more about a command.
        """

    private static let commands = [
        "serve": """
        usage: otpless-server serve

        Reads OTPLESS_* from the environment, lists everything that is missing or wrong at once
        (exit status 78), and serves until SIGTERM or SIGINT: then no new connections, requests
        in flight finish, waiting pages get close 1001 and reconnect; 10 s at most.
        """,
        "demo": """
        usage: otpless-server demo [--port PORT] [--phone-port PORT] [--data FOLDER]

          --port PORT        where the login page is served (8080)
          --phone-port PORT  where the simulated phone is served (8081)
          --data FOLDER      keep the database in this folder (a temporary one)

        Needs nothing else: secrets are generated, messages go to a simulated WhatsApp on
        loopback, and its answers come back as signed webhooks.
        """,
        "version": "usage: otpless-server version",
    ]

    static func show(_ command: String? = nil) -> ExitStatus {
        Terminal.say(command.flatMap { commands[$0] } ?? overview)
        return .ok
    }

    static func complain() -> ExitStatus {
        Terminal.complain(overview)
        return .usage
    }

    static func showVersion() -> ExitStatus {
        Terminal.say("otpless-server \(version)")
        return .ok
    }
}

extension Config {
    /// The page that documents all settings, docs/config.md: made from what reads them.
    public static var reference: String {
        """
        # Configuration

        `otpless-server` is configured by environment variables, or by a file that `--env-file` names. This page is
        printed by `otpless-server print-config --markdown`; a test keeps it true.

        \(commands)

        ## Settings

        \(table(Setting.all.filter(\.isAvailable)))

        \(values)

        ## Not available yet

        These names are taken. Setting one is a fault, so that nobody thinks it has an effect, except to the value
        that asks for what happens anyway.

        \(table(Setting.all.filter { !$0.isAvailable }, heading: "accepted"))

        \(files)

        ## Exit status

        | status | |
        |---|---|
        | 0 | done; also after SIGTERM and SIGINT |
        | 64 | the command line is not understood |
        | 78 | the configuration has faults, all of them on standard error, one a line: `NAME: what is wrong` |
        | 1 | anything else, such as a database that cannot be opened; the cause is on standard error |
        """
    }

    private static let commands = """
        | command | |
        |---|---|
        | `otpless-server serve` | serves |
        | `otpless-server check-config` | lists all faults, or prints warnings and that the configuration is valid |
        | `otpless-server print-config` | prints the configuration in effect as an env file, secrets as `***` |
        | `otpless-server gen-secret` | prints a fresh value for `OTPLESS_JWT_SECRET` |
        | `otpless-server migrate` | creates the database, or brings its schema up to date, as `serve` does at start |
        | `otpless-server backup FILE` | copies an SQLite database while a server runs ([backup.md](backup.md)) |
        | `otpless-server copy --from sqlite:PATH` | moves everything from an SQLite file to PostgreSQL ([backup.md](backup.md)) |
        | `otpless-server template` | prints the message templates, ready to submit to Meta |
        | `otpless-server unblock NUMBER` | lets prompts to a number through at once: lifts lock, deny block and counts |
        | `otpless-server audit --since 1h` | prints what was recorded of logins, tokens and accounts; `--json`: an object a line |
        | `otpless-server user export WHO` | prints all that is kept of a person: a number or a user id ([personal-data.md](personal-data.md)) |
        | `otpless-server user delete WHO` | deletes an account and what is kept of the person |
        | `otpless-server user move WHO NUMBER` | gives an account another number |

        All but `gen-secret` read the configuration and take `--env-file FILE`. `--help` on each says more.
        """

    private static let values = """
        - **Durations** are a number and a unit, `s`, `m`, `h` or `d`: `300s`, `5m`, `1h`, `30d`.
        - **Rates** are how often something may happen within how long: `3/1h`, 1 to 1000 times within 1 s to 30 d. Of
          several with commas, each with a window of its own, all must hold: `1/60s,3/1h`. Windows slide: what happened
          an hour ago makes room for one more.
        - **Calling codes** are written with a plus: `+49`. More digits pick a part of a country's numbers, such as
          `+1242` (the Bahamas) of `+1`. Either all of them are allowed and nothing else is, or each has a `-` in front
          and all others are allowed.
        - An empty variable counts as one that is not set.
        - Only secrets may have control characters.
        - `OTPLESS_ALLOWED_ORIGINS` replaces its default. If you use the built-in page, list the public URL's own
          origin too.
        - `OTPLESS_JWT_SECRET` is for HS256 alone and `OTPLESS_JWT_KEYS` for the others alone; the one without effect is
          refused. [keys.md](keys.md) says how keys are made and changed.
        - `OTPLESS_TRUSTED_PROXIES` names reverse proxies by the addresses that connect here: `127.0.0.1,10.0.0.0/8`. With it
          the client is the right-most address of `X-Forwarded-For` that is no trusted proxy; from anybody else the header
          is ignored. `X-Forwarded-Proto` decides nothing: what browsers call is `OTPLESS_PUBLIC_URL`. Nor do trusted
          proxies change who is counted by `OTPLESS_CONNECTIONS_PER_IP`, which is about connections.
        - `OTPLESS_CONNECTIONS` is by default the hard descriptor limit (`ulimit -Hn`, systemd's `LimitNOFILE=`) less
          64 and less 256 for each event loop, which the server needs beside its clients, at least half of the limit and
          at most 100000. The server raises its soft limit to the hard one at start.
        - Unknown `OTPLESS_*` names are refused, so a typo cannot pass as a default. Names that begin with
          `OTPLESS_TEST_`, `OTPLESS_SERVICE_` or `OTPLESS_PORT` are ignored: tests set the first, container platforms
          inject the others. There is no `OTPLESS_PORT` setting; the port is part of `OTPLESS_LISTEN`.
        """

    private static let files = """
        ## Env files

        `--env-file FILE` reads settings from a file as well. A variable of the process's environment wins over the
        file, also an empty one. No file is read by itself.

        ```sh
        # otpless.env
        OTPLESS_PUBLIC_URL=https://login.example.com
        OTPLESS_APP_NAME='Jo & Co'
        ```

        - A line is `NAME=value`, a comment that begins with `#` and does not end with a backslash, or empty. `export `
          in front of a name is allowed.
        - There is no space around the `=`, and no comment behind a value.
        - A value without quotes has no spaces and none of ``\\ ' " ` $ ; & | < > ( ) { } ~``.
        - In single quotes everything means itself; a single quote cannot stand there.
        - In double quotes `\\"`, `\\\\`, `\\$` and `` \\` `` stand for the second character. A `$` or `` ` `` without the
          backslash is a fault: nothing is ever expanded.
        - A value ends in its line. A name stands once.
        - The file is UTF-8, at most 64 KiB, its lines end with a line feed alone. It must be a regular file, or a link to
          one.
        - Faults name the file and the line, never a value, and are told together with those of the settings.
        - A file that others may read raises a warning: `chmod 600`. So does a name without
          `OTPLESS_` in front, which has no effect.

        What is accepted means the same to `sh` (`set -a; . ./otpless.env`) and to systemd's `EnvironmentFile=`, which
        only does not know `export`.
        """

    private static func table(_ settings: [Setting], heading: String = "default") -> String {
        let rows = settings.map { "| `\($0.name)` | \($0.standardText) | \($0.meaning) |" }
        return (["| variable | \(heading) | |", "|---|---|---|"] + rows).joined(separator: "\n")
    }
}

extension Setting {
    /// The default as the table of settings shows it.
    fileprivate var standardText: String {
        switch standard {
        case .required: "**required**"
        case .derived(let words): words
        case .fixed: text(Config()).map { "`\($0)`" } ?? "none"
        }
    }
}

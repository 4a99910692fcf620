import Foundation
import TestSupport
import Testing

/// `template` and `migrate`.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct CommandTemplateTests {
    private func template(_ value: String?, _ changes: [String: String] = [:]) throws -> CommandRun
    {
        let folder = try TemporaryFolder()
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_WHATSAPP_TEMPLATE"] = value
        return try CommandRun(["template"], settings.merging(changes) { $1 })
    }

    @Test func `the template is printed as Meta wants it, a line for each language`() throws {
        let run = try template("login_confirm:en,en_US", ["OTPLESS_APP_NAME": "Jo \"&\" Co"])
        #expect(run.end == .exited(0))
        #expect(run.errors.isEmpty)
        #expect(run.lines.count == 2)
        for (line, language) in zip(run.lines, ["en", "en_US"]) {
            let json = try JSON(Array(line.utf8))
            #expect(json["name"].text == "login_confirm")
            #expect(json["language"].text == language)
            #expect(json["category"].text == "UTILITY")
            #expect(json["message_send_ttl_seconds"].number == 300)
            let components = json["components"].list
            try #require(components.count == 2)
            let (body, buttons) = (components[0], components[1])
            #expect(body["type"].text == "BODY")
            let text = try #require(body["text"].text)
            for variable in ["{{1}}", "{{2}}", "{{3}}"] { #expect(text.contains(variable)) }
            #expect(!text.hasPrefix("{{") && !text.hasSuffix("}}"))
            let examples = body["example"]["body_text"].list.first?.list.compactMap(\.text)
            #expect(examples?.count == 3)
            #expect(examples?.first == "Jo \"&\" Co")
            #expect(buttons["type"].text == "BUTTONS")
            #expect(buttons["buttons"].list.map(\.["type"].text) == ["QUICK_REPLY", "QUICK_REPLY"])
            #expect(buttons["buttons"].list.map(\.["text"].text) == ["Confirm", "Deny"])
        }
    }

    @Test func `the template of number matching has a deny button alone`() throws {
        let run = try template("a:en", ["OTPLESS_WHATSAPP_MATCH_TEMPLATE": "b:en,ar"])
        #expect(run.end == .exited(0))
        let all = try run.lines.map { try JSON(Array($0.utf8)) }
        #expect(all.map { $0["name"].text } == ["a", "b", "b"])
        for (json, label) in zip(all.dropFirst(), ["Deny", "رفض"]) {
            let components = json["components"].list
            let text = components.first?["text"].text ?? ""
            for variable in ["{{1}}", "{{2}}", "{{3}}"] { #expect(text.contains(variable)) }
            #expect(!text.hasPrefix("{{") && !text.hasSuffix("}}"))
            #expect(components.last?["buttons"].list.map(\.["text"].text) == [label])
        }
        let alone = try template(nil, ["OTPLESS_WHATSAPP_MATCH_TEMPLATE": "b:en"])
        #expect(alone.lines.count == 1)
    }

    @Test(arguments: [("1s", 30), ("29s", 30), ("30s", 30), ("31s", 31), ("10m", 600)])
    func `Meta delivers it no longer than a login lives`(lifetime: String, seconds: Double) throws {
        let run = try template("a:en", ["OTPLESS_LOGIN_TTL": lifetime])
        let json = try JSON(Array(run.output.utf8))
        #expect(json["message_send_ttl_seconds"].number == seconds)
    }

    @Test func `without a template there is nothing to print`() throws {
        let run = try template(nil)
        #expect(run.end == .exited(78))
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("OTPLESS_WHATSAPP_TEMPLATE: "))
    }

    @Test func `a language without words is told with those that have some`() throws {
        let run = try template("a:xx,en,xy_XX")
        #expect(run.end == .exited(78))
        #expect(run.output.isEmpty)
        #expect(run.complaints.count == 1)
        #expect(run.errors.contains("xx, xy_XX"))
        #expect(run.errors.contains("but in") && run.errors.contains("en"))
    }

    @Test func `a database is made once, and a second run changes nothing`() throws {
        let folder = try TemporaryFolder()
        let settings = CommandTests.settings(folder)
        let first = try CommandRun(["migrate"], settings)
        #expect(first.end == .exited(0))
        #expect(first.errors.isEmpty)
        #expect(first.output == "The schema of \(folder.path)/otpless.db is up to date\n")
        let database = URL(filePath: folder.path + "/otpless.db")
        let made = try Data(contentsOf: database)
        #expect(made.count > 4096)
        #expect(try CommandRun(["migrate"], settings).output == first.output)
        // The header, 100 bytes, counts who opened the file.
        #expect(try Data(contentsOf: database).dropFirst(100) == made.dropFirst(100))
    }

    @Test func `a database that cannot be opened ends with 1 and the cause`() throws {
        let folder = try TemporaryFolder()
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_DATABASE"] =
            "sqlite:" + (try folder.write("this is no database", to: "otpless.db"))
        let run = try CommandRun(["migrate"], settings)
        #expect(run.end == .exited(1))
        #expect(run.output.isEmpty)
        #expect(run.complaints.count == 1)
        #expect(run.errors.hasPrefix("OTPLESS_DATABASE, "))
    }
}

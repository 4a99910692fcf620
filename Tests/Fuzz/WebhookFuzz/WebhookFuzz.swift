import FuzzDriver
import Oracles

/// What SwiftPM makes of `main`; libFuzzer's own is not linked then.
@_cdecl("WebhookFuzz_main")
func start(_ count: CInt, _ arguments: Arguments?) -> CInt {
    unsafe fuzz(.webhook, count, arguments)
}

import COpenSSL
import Loop

/// What session tickets are sealed with (RFC 5077 §4, RFC 8446 §4.6.1): the same on all loops and
/// over a reload, so that a client can resume wherever its next connection lands.
@safe final class TLSTickets: Sendable {
    private let keys = Locked(TicketKeys())

    /// Makes a context seal with these keys; it must not be used longer than they live.
    func serve(_ context: OpaquePointer) {
        unsafe SSL_CTX_set_ex_data(context, 0, Unmanaged.passUnretained(self).toOpaque())
        unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(context) { ssl, name, iv, cipher, mac, seals in
            guard let ssl = unsafe ssl, let name = unsafe name, let iv = unsafe iv,
                let place = unsafe SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0)
            else { return -1 }
            let tickets = unsafe Unmanaged<TLSTickets>.fromOpaque(place).takeUnretainedValue()
            let (key, isOld) = unsafe seals == 1 ? tickets.seal(name, iv) : tickets.open(name)
            // 0: not ours any more, so the client shakes hands in full.
            guard let key else { return seals == 1 ? -1 : 0 }
            guard unsafe copenssl_key_ticket(cipher, mac, key.cipher, key.mac, iv, seals) == 1
            else { return -1 }
            return isOld ? 2 : 1
        }
    }

    /// The key for a new ticket; fills in its name and a fresh IV.
    private func seal(
        _ name: UnsafeMutablePointer<UInt8>, _ iv: UnsafeMutablePointer<UInt8>
    ) -> (TicketKeys.Key?, isOld: Bool) {
        let key = keys.withLock { $0.sealing(at: .now) }
        guard let key, unsafe RAND_bytes(iv, Int32(EVP_MAX_IV_LENGTH)) == 1 else {
            return (nil, false)
        }
        for index in key.name.indices { unsafe name[index] = key.name[index] }
        return (key, false)
    }

    private func open(
        _ name: UnsafeMutablePointer<UInt8>
    ) -> (TicketKeys.Key?, isOld: Bool) {
        let name = unsafe Array(
            UnsafeBufferPointer(start: name, count: TicketKeys.Key.nameLength))
        return keys.withLock { $0.opening(name, at: .now) }
    }
}

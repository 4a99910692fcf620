#pragma once
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/// Keys a MAC context with HMAC-SHA256. In C because OSSL_PARAM keeps pointers to the names it is
/// given: a string that Swift passes would be gone when OpenSSL reads it.
static inline int copenssl_key_hmac_sha256(
    EVP_MAC_CTX *context, const unsigned char *key, size_t length) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_init(context, key, length, parameters);
}

/// ALPN's answer: HTTP/1.1, or the fatal alert to a client that offers only others (RFC 7301 §3.2).
/// In C because the name must stay where it is.
static inline int copenssl_choose_http11(
    SSL *session, const unsigned char **chosen, unsigned char *length,
    const unsigned char *offered, unsigned int offeredLength, void *unused) {
    static const unsigned char http11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    int result = SSL_select_next_proto(
        (unsigned char **)chosen, length, http11, sizeof http11, offered, offeredLength);
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static inline void copenssl_offer_http11(SSL_CTX *context) {
    SSL_CTX_set_alpn_select_cb(context, copenssl_choose_http11, NULL);
}

/// Sets up the two contexts of a session ticket: AES-256 and HMAC-SHA256 (RFC 5077 §4).
static inline int copenssl_key_ticket(
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, const unsigned char *cipherKey,
    const unsigned char *macKey, const unsigned char *iv, int seals) {
    return EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, cipherKey, iv, seals) == 1
        && copenssl_key_hmac_sha256(mac, macKey, 32) == 1;
}

/// Macros, and constants of a type that Swift does not import.
static inline int copenssl_use_groups(SSL_CTX *context, const char *names) {
    return (int)SSL_CTX_set1_groups_list(context, names);
}

static inline int copenssl_add_to_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add0_chain_cert(context, certificate);
}

static const uint64_t copenssl_option_no_renegotiation = SSL_OP_NO_RENEGOTIATION;
static const uint64_t copenssl_option_no_compression = SSL_OP_NO_COMPRESSION;
static const uint64_t copenssl_option_server_preference = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t copenssl_option_prioritize_chacha = SSL_OP_PRIORITIZE_CHACHA;
static const uint64_t copenssl_option_ignore_unexpected_eof = SSL_OP_IGNORE_UNEXPECTED_EOF;

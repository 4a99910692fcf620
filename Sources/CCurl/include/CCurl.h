// libcurl's option setters are variadic, which Swift cannot call: one typed setter each.
#pragma once
#include <curl/curl.h>

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value);
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_set_write(CURL *easy, curl_write_callback callback);
CURLcode ccurl_set_header(CURL *easy, curl_write_callback callback);
CURLcode ccurl_set_prereq(CURL *easy, curl_prereq_callback callback);
CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value);
CURLcode ccurl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value);
CURLcode ccurl_get_pointer(CURL *easy, CURLINFO info, void *value);
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value);
CURLMcode ccurl_multi_set_socket(CURLM *multi, curl_socket_callback callback);
CURLMcode ccurl_multi_set_timer(CURLM *multi, curl_multi_timer_callback callback);
CURLcode ccurl_message_result(const CURLMsg *message);

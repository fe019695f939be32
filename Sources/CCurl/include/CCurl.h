/// libcurl for Swift: the C library's own header, and what of it Swift cannot call.
///
/// `curl_easy_setopt`, `curl_easy_getinfo` and `curl_multi_setopt` are C variadics, which Swift does not import; each
/// shim fixes one argument type. An option must be given to the shim of its type as curl_easy_setopt(3) names it.
/// They return what libcurl returns; no argument may be null unless said.
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>

#pragma clang assume_nonnull begin

// libcurl's memory. A call takes and gives back some thirty blocks, of ever the same sizes, and many calls do at once: more
// than malloc(3) keeps at hand for a thread, and the rest goes its long way. Here a block that is given back is kept for the
// next that is as large, up to a power of two and some bytes; of each size at most 1 MiB. For any thread.

/// curl_global_init(3) with this memory.
CURLcode CCurl_global_init(void);
/// Like malloc(3).
void *_Nullable CCurl_malloc(size_t size);
/// Like free(3), for what these gave.
void CCurl_free(void *_Nullable bytes);
/// Like realloc(3), for what these gave; a size of 0 gives a block of it.
void *_Nullable CCurl_realloc(void *_Nullable bytes, size_t size);
/// Like strdup(3).
char *_Nullable CCurl_strdup(const char *text);
/// Like calloc(3).
void *_Nullable CCurl_calloc(size_t count, size_t size);

/// An option that takes a long (or an enum or a bool, which libcurl reads as a long).
static inline CURLcode CCurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

/// An option that takes a curl_off_t, such as CURLOPT_MAXFILESIZE_LARGE.
static inline CURLcode CCurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

/// An option that takes a string; libcurl copies it. Null resets the option.
static inline CURLcode CCurl_set_string(CURL *handle, CURLoption option, const char *_Nullable value) {
    return curl_easy_setopt(handle, option, value);
}

/// An option that takes a pointer which libcurl keeps as it is. Null resets the option.
static inline CURLcode CCurl_set_pointer(CURL *handle, CURLoption option, void *_Nullable value) {
    return curl_easy_setopt(handle, option, value);
}

/// An option that takes a header list, which must live until the transfer is over. Null resets the option.
static inline CURLcode CCurl_set_list(CURL *handle, CURLoption option, struct curl_slist *_Nullable value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*CCurl_write_callback)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);
typedef int (*CCurl_opened_callback)(void *_Nullable context, curl_socket_t socket, curlsocktype purpose);
typedef int (*CCurl_close_callback)(void *_Nullable context, curl_socket_t socket);
typedef int (*CCurl_connected_callback)(void *_Nullable context, char *_Nullable address, char *_Nullable ownAddress,
                                        int port, int ownPort);

/// CURLOPT_WRITEFUNCTION.
static inline CURLcode CCurl_set_write(CURL *handle, CCurl_write_callback callback) {
    return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, callback);
}

/// CURLOPT_HEADERFUNCTION with its CURLOPT_HEADERDATA: called for each line of the header, with its end.
static inline CURLcode CCurl_set_header(CURL *handle, CCurl_write_callback callback, void *_Nullable context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, callback);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_HEADERDATA, context) : code;
}

/// CURLOPT_SOCKOPTFUNCTION with its CURLOPT_SOCKOPTDATA: called for each socket that is opened for a connection.
static inline CURLcode CCurl_set_opened(CURL *handle, CCurl_opened_callback callback, void *_Nullable context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, callback);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, context) : code;
}

/// CURLOPT_CLOSESOCKETFUNCTION with its CURLOPT_CLOSESOCKETDATA.
static inline CURLcode CCurl_set_close(CURL *handle, CCurl_close_callback callback, void *_Nullable context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, callback);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, context) : code;
}

/// CURLOPT_PREREQFUNCTION with its CURLOPT_PREREQDATA: called before each request, on a new connection or a kept one.
static inline CURLcode CCurl_set_connected(CURL *handle, CCurl_connected_callback callback, void *_Nullable context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, callback);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_PREREQDATA, context) : code;
}

/// A long of curl_easy_getinfo(3), 0 when it cannot be had.
static inline long CCurl_get_long(CURL *handle, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

/// A curl_off_t of curl_easy_getinfo(3), such as a time in microseconds; 0 when it cannot be had.
static inline curl_off_t CCurl_get_offset(CURL *handle, CURLINFO info) {
    curl_off_t value = 0;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

/// A string of curl_easy_getinfo(3), which libcurl keeps until its handle's next transfer; null when there is none.
static inline const char *_Nullable CCurl_get_string(CURL *handle, CURLINFO info) {
    char *value = NULL;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : NULL;
}

/// The socket of a connection that was made with CURLOPT_CONNECT_ONLY, -1 when there is none.
static inline int CCurl_active_socket(CURL *handle) {
    curl_socket_t socket = CURL_SOCKET_BAD;
    return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK ? (int)socket : -1;
}

/// The PEM file of authorities that libcurl was built to trust (curl_version_info(3)), null when there is none.
static inline const char *_Nullable CCurl_default_authorities(void) {
    return curl_version_info(CURLVERSION_NOW)->cainfo;
}

/// The pointer that CURLOPT_PRIVATE set, null when none was.
static inline void *_Nullable CCurl_get_private(CURL *handle) {
    char *value = NULL;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &value);
    return value;
}

typedef int (*CCurl_socket_callback)(CURL *_Nullable handle, curl_socket_t socket, int what, void *_Nullable context,
                                     void *_Nullable socketContext);
typedef int (*CCurl_timer_callback)(CURLM *_Nullable multi, long milliseconds, void *_Nullable context);

/// CURLMOPT_SOCKETFUNCTION, CURLMOPT_TIMERFUNCTION and the context of both.
static inline CURLMcode CCurl_multi_set_callbacks(CURLM *multi, CCurl_socket_callback socket,
                                                  CCurl_timer_callback timer, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code;
}

/// A multi option that takes a long.
static inline CURLMcode CCurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/// The next finished transfer of a multi handle: its easy handle, with the result in `code`; null when there is none.
/// CURLMsg carries the result in a union, which Swift reads only by layout.
static inline CURL *_Nullable CCurl_multi_next_done(CURLM *multi, CURLcode *code) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) continue;
        *code = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

#pragma clang assume_nonnull end

#endif

// libcurl at its best, without a gateway around it: multi_socket on epoll, tuned as gatewayd's own libcurl lane is.
//
// Usage: fanout-libcurl-c PORT UPSTREAM-PORT [TIMEOUT-SECONDS]
#include "../c/edge.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SHARD_CALLS = 32, SHARDS = 2048 };

/// A multi handle. libcurl scans a host's connections one by one, so none may have many; the lowest are filled first,
/// which keeps their connections warm.
struct shard {
    CURLM *multi;
    int in_flight;
    int64_t due; // milliseconds, -1 without a timer
};

/// A socket of libcurl's. It stays in the epoll set while libcurl does not look at it, so that using a kept connection
/// again costs no epoll_ctl.
struct socket {
    struct source source;
    struct shard *shard;
    uint32_t watched; // 0 when it is not in the set
    bool wanted;      // by libcurl
};

/// An easy handle with all its options set once; five pools, one for each call.
struct transfer {
    CURL *easy;
    struct curl_slist *headers; // X-Request-Id, whose value is written anew for each use, User-Agent, Host
    struct call *call;
    struct shard *shard;
    struct transfer *next;
};

static struct shard shards[SHARDS];
static int shard_count;
static struct socket **sockets; // by descriptor
static size_t socket_capacity;
static struct transfer *pools[CALLS];
static CURLU *urls[CALLS];
static char host[64]; // the upstream's field

static void require(bool condition, const char *what) {
    if (condition) return;
    fprintf(stderr, "%s failed\n", what);
    exit(70);
}

static size_t body_arrived(char *bytes, size_t size, size_t count, void *context) {
    struct transfer *transfer = context;
    buffer_append(&transfer->call->body, bytes, size * count);
    return size * count;
}

static void settle(struct shard *shard) {
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(shard->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        struct transfer *transfer;
        long status = 0;
        bool ok = message->data.result == CURLE_OK;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        struct call *call = transfer->call;
        call_cancel(call);
        call_done(call, ok && status == 200);
    }
}

static void socket_ready(struct source *source, uint32_t events) {
    struct socket *socket = (struct socket *)source;
    if (source->fd < 0) return;
    if (!socket->wanted) { // the upstream closed an idle one: libcurl finds that out when it wants to use it again
        edge_watch(EPOLL_CTL_DEL, source, 0);
        socket->watched = 0;
        return;
    }
    int bits = (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0)
        | (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    int running;
    struct shard *shard = socket->shard;
    curl_multi_socket_action(shard->multi, source->fd, bits, &running);
    settle(shard);
}

static curl_socket_t socket_opens(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context, (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    if ((size_t)fd >= socket_capacity) {
        size_t capacity = ((size_t)fd + 1) * 2;
        sockets = required(realloc(sockets, capacity * sizeof *sockets));
        while (socket_capacity < capacity) sockets[socket_capacity++] = NULL;
    }
    sockets[fd] = required(calloc(1, sizeof **sockets));
    sockets[fd]->source = (struct source){.ready = socket_ready, .fd = fd};
    return fd;
}

static int socket_closes(void *context, curl_socket_t fd) {
    (void)context;
    edge_discard(&sockets[fd]->source);
    sockets[fd] = NULL;
    return close(fd);
}

static int socket_changes(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_context) {
    (void)easy, (void)socket_context;
    struct socket *socket = (size_t)fd < socket_capacity ? sockets[fd] : NULL;
    if (socket == NULL) return 0; // libcurl's own wake-up pair
    socket->wanted = what != CURL_POLL_REMOVE;
    socket->shard = context;
    if (!socket->wanted) return 0;
    uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);
    if (events == socket->watched) return 0;
    edge_watch(socket->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, &socket->source, events);
    socket->watched = events;
    return 0;
}

static int timer_changes(CURLM *multi, long milliseconds, void *context) {
    (void)multi;
    struct shard *shard = context;
    shard->due = milliseconds < 0 ? -1 : milliseconds == 0 ? 0 : now_milliseconds() + milliseconds;
    return 0;
}

void calls_prepare(const char *upstream_port) {
    require(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "curl_global_init");
    snprintf(host, sizeof host, "Host: 127.0.0.1:%s", upstream_port);
    for (int i = 0; i < CALLS; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://127.0.0.1:%s/%c", upstream_port, 'a' + i);
        urls[i] = required(curl_url());
        require(curl_url_set(urls[i], CURLUPART_URL, url, 0) == CURLUE_OK, "curl_url_set");
    }
}

int calls_wait_milliseconds(void) {
    int64_t first = -1;
    for (int i = 0; i < shard_count; i++)
        if (shards[i].due >= 0 && (first < 0 || shards[i].due < first)) first = shards[i].due;
    if (first <= 0) return (int)first;
    int64_t left = first - now_milliseconds();
    return left < 0 ? 0 : (int)left;
}

void calls_tick(void) {
    int64_t now = now_milliseconds();
    for (int i = 0; i < shard_count; i++) {
        if (shards[i].due < 0 || shards[i].due > now) continue;
        int running;
        shards[i].due = -1;
        curl_multi_socket_action(shards[i].multi, CURL_SOCKET_TIMEOUT, 0, &running);
        settle(&shards[i]);
    }
}

static struct shard *shard_with_room(void) {
    for (int i = 0; i < shard_count; i++)
        if (shards[i].in_flight < SHARD_CALLS) return &shards[i];
    require(shard_count < SHARDS, "room for a shard more");
    struct shard *shard = &shards[shard_count++];
    *shard = (struct shard){.multi = required(curl_multi_init()), .due = -1};
    curl_multi_setopt(shard->multi, CURLMOPT_SOCKETFUNCTION, socket_changes);
    curl_multi_setopt(shard->multi, CURLMOPT_SOCKETDATA, shard);
    curl_multi_setopt(shard->multi, CURLMOPT_TIMERFUNCTION, timer_changes);
    curl_multi_setopt(shard->multi, CURLMOPT_TIMERDATA, shard);
    curl_multi_setopt(shard->multi, CURLMOPT_MAXCONNECTS, (long)SHARD_CALLS * 4);
    return shard;
}

static struct transfer *prepared(int index) {
    struct transfer *transfer = pools[index];
    if (transfer) {
        pools[index] = transfer->next;
        return transfer;
    }
    transfer = required(calloc(1, sizeof *transfer));
    CURL *easy = transfer->easy = required(curl_easy_init());
    curl_easy_setopt(easy, CURLOPT_CURLU, urls[index]);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 4096L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, socket_opens);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, socket_closes);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_arrived);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    // First of all, and found by its place. A Host of our own, after one without a value that takes libcurl's back, spares
    // it putting that together for each call.
    char line[64];
    snprintf(line, sizeof line, "X-Request-Id: %0*d", REQUEST_ID, 0);
    transfer->headers = required(curl_slist_append(NULL, line));
    required(curl_slist_append(transfer->headers, "User-Agent: peer/1.0.0"));
    required(curl_slist_append(transfer->headers, "Host:"));
    required(curl_slist_append(transfer->headers, host));
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
    return transfer;
}

void call_start(struct call *call) {
    struct transfer *transfer = prepared(call->index);
    call->transfer = transfer;
    transfer->call = call;
    char *line = transfer->headers->data;
    memcpy(line + strlen(line) - REQUEST_ID, call->request_id, REQUEST_ID);
    transfer->shard = shard_with_room();
    transfer->shard->in_flight++;
    require(curl_multi_add_handle(transfer->shard->multi, transfer->easy) == CURLM_OK, "curl_multi_add_handle");
}

/// Takes the handle back, in flight or done.
void call_cancel(struct call *call) {
    struct transfer *transfer = call->transfer;
    curl_multi_remove_handle(transfer->shard->multi, transfer->easy);
    transfer->shard->in_flight--;
    transfer->next = pools[call->index];
    pools[call->index] = transfer;
    call->transfer = NULL;
}

// The floor: five prepared GETs over kept connections in the same epoll set, answers parsed no further than they must be.
//
// Usage: fanout-epoll-c PORT UPSTREAM-PORT [TIMEOUT-SECONDS]
#define _GNU_SOURCE
#include "../c/edge.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/// A connection to the upstream. It is watched for everything by edges from first to last, idle or not.
struct upstream {
    struct source source;
    struct call *call; // null while idle
    size_t sent;       // of the call's request
    size_t idle_index; // while idle
    bool used;         // has answered before, so that it may have been closed just when it was chosen
    struct buffer in;
    size_t body;       // where in `in` it begins, 0 while the head is not complete
    size_t body_length;
};

static struct sockaddr_in address;
static char requests[CALLS][192];
static size_t request_lengths[CALLS];
static struct upstream **idle; // last in, first out: the warmest is taken first
static size_t idle_count, idle_capacity;

static void upstream_ready(struct source *source, uint32_t events);

void calls_prepare(const char *upstream_port) {
    address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(upstream_port)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < CALLS; i++)
        request_lengths[i] = (size_t)snprintf(requests[i], sizeof requests[i],
                                              "GET /%c HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nUser-Agent: peer/1.0.0\r\nAccept: */*\r\n"
                                              "X-Request-Id: %0*d\r\n\r\n", 'a' + i, upstream_port, REQUEST_ID, 0);
}

int calls_wait_milliseconds(void) { return -1; }
void calls_tick(void) {}

static void become_idle(struct upstream *upstream) {
    if (idle_count == idle_capacity) {
        idle_capacity = idle_capacity ? idle_capacity * 2 : 64;
        idle = required(realloc(idle, idle_capacity * sizeof *idle));
    }
    upstream->call = NULL;
    upstream->used = true;
    upstream->in.length = upstream->body = 0;
    upstream->idle_index = idle_count;
    idle[idle_count++] = upstream;
}

static void close_upstream(struct upstream *upstream) {
    if (upstream->call == NULL) {
        idle[upstream->idle_index] = idle[--idle_count];
        idle[upstream->idle_index]->idle_index = upstream->idle_index;
    }
    close(upstream->source.fd);
    free(upstream->in.bytes);
    edge_discard(&upstream->source);
}

static struct upstream *connect_upstream(void) {
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return NULL;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) {
        close(fd);
        return NULL;
    }
    struct upstream *upstream = required(calloc(1, sizeof *upstream));
    upstream->source = (struct source){.ready = upstream_ready, .fd = fd};
    edge_watch(EPOLL_CTL_ADD, &upstream->source, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    return upstream;
}

/// The connection failed. A kept one that had not answered yet was closed by the upstream while idle: the GET is repeated.
static void fail(struct upstream *upstream) {
    struct call *call = upstream->call;
    bool again = call && upstream->used && upstream->in.length == 0;
    close_upstream(upstream);
    if (call == NULL) return;
    if (again) call_start(call); else call_done(call, false);
}

static void send_request(struct upstream *upstream) {
    char *request = requests[upstream->call->index];
    size_t length = request_lengths[upstream->call->index];
    // Its X-Request-Id stands before the empty line that ends it.
    memcpy(request + length - REQUEST_ID - 4, upstream->call->request_id, REQUEST_ID);
    while (upstream->sent < length) {
        ssize_t count = send(upstream->source.fd, request + upstream->sent, length - upstream->sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return; // not connected yet, or full: EPOLLOUT comes
        if (count < 0) return; // EPOLLERR or EPOLLRDHUP comes, or has come in this batch
        upstream->sent += (size_t)count;
    }
}

void call_start(struct call *call) {
    bool kept = idle_count > 0;
    struct upstream *upstream = kept ? idle[--idle_count] : connect_upstream();
    if (upstream == NULL) return call_done(call, false);
    upstream->call = call;
    upstream->sent = 0;
    call->transfer = upstream;
    if (kept) send_request(upstream); // a new one is not connected yet
}

void call_cancel(struct call *call) {
    close_upstream(call->transfer);
    call->transfer = NULL;
}

/// False for an answer that is not understood.
static bool parse_head(struct upstream *upstream) {
    char *head = upstream->in.bytes;
    char *end = memmem(head, upstream->in.length, "\r\n\r\n", 4);
    if (end == NULL) return upstream->in.length < 16 * 1024;
    if (strncmp(head, "HTTP/1.1 200 ", 13) != 0) return false;
    for (char *line = memmem(head, (size_t)(end - head), "\r\n", 2); line && line < end;
         line = memmem(line + 2, (size_t)(end - line), "\r\n", 2)) {
        if (strncasecmp(line + 2, "Content-Length:", 15) != 0) continue;
        upstream->body_length = strtoul(line + 17, NULL, 10);
        upstream->body = (size_t)(end - head) + 4;
        return true;
    }
    return false;
}

static void upstream_ready(struct source *source, uint32_t events) {
    struct upstream *upstream = (struct upstream *)source;
    if (source->fd < 0) return;
    if (upstream->call && events & EPOLLOUT) send_request(upstream);
    bool ending = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    char bytes[16 * 1024];
    while (ending || events & EPOLLIN) {
        ssize_t count = recv(source->fd, bytes, sizeof bytes, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0 || upstream->call == NULL) return fail(upstream);
        buffer_append(&upstream->in, bytes, (size_t)count);
        if (upstream->body == 0 && !parse_head(upstream)) return fail(upstream);
        size_t whole = upstream->body + upstream->body_length;
        if (upstream->body > 0 && upstream->in.length >= whole) {
            if (upstream->in.length > whole) return fail(upstream);
            struct call *call = upstream->call;
            buffer_append(&call->body, upstream->in.bytes + upstream->body, upstream->body_length);
            become_idle(upstream);
            if (ending) close_upstream(upstream);
            return call_done(call, true);
        }
        if ((size_t)count < sizeof bytes && !ending) return;
    }
}

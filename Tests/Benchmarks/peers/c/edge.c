#define _GNU_SOURCE
#include "edge.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_LIMIT = 16 * 1024 };

struct client {
    struct source source;
    struct buffer in, out;
    size_t sent; // of `out`
    struct call calls[CALLS];
    int waiting; // calls under way, 0 when there is no request
    bool failed;
    char request_id[REQUEST_ID + 1];
    int64_t deadline; // milliseconds
    struct client *earlier, *later; // by deadline, which is the order of starting as all have the same time
};

int edge_epoll;
static int64_t limit_milliseconds = 2000;

/// Random enough to tell requests apart (xorshift64*), as 32 hexadecimal digits.
static void make_request_id(char *id) {
    static uint64_t state = 0x9E3779B97F4A7C15;
    for (int i = 0; i < REQUEST_ID; i += 16) {
        state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
        uint64_t bits = state * 0x2545F4914F6CDD1D;
        for (int digit = 0; digit < 16; digit++, bits >>= 4) id[i + digit] = "0123456789abcdef"[bits & 15];
    }
}
static struct client *first_due, *last_due;
static struct source *discarded;

void *required(void *memory) {
    if (memory == NULL) {
        fputs("out of memory\n", stderr);
        exit(70);
    }
    return memory;
}

int64_t now_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t count) {
    if (buffer->length + count > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity : 256;
        while (capacity < buffer->length + count) capacity *= 2;
        buffer->bytes = required(realloc(buffer->bytes, capacity));
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->length, bytes, count);
    buffer->length += count;
}

void edge_watch(int operation, struct source *source, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = source};
    if (epoll_ctl(edge_epoll, operation, source->fd, &event) != 0) {
        perror("epoll_ctl");
        exit(70);
    }
}

void edge_discard(struct source *source) {
    source->fd = -1;
    source->next_discarded = discarded;
    discarded = source;
}

static void leave_deadlines(struct client *client) {
    if (client->earlier) client->earlier->later = client->later; else first_due = client->later;
    if (client->later) client->later->earlier = client->earlier; else last_due = client->earlier;
    client->earlier = client->later = NULL;
}

static void end_request(struct client *client) {
    if (client->waiting == 0) return;
    client->waiting = 0;
    leave_deadlines(client);
    for (int i = 0; i < CALLS; i++)
        if (client->calls[i].transfer) call_cancel(&client->calls[i]);
}

static void close_client(struct client *client) {
    if (client->source.fd < 0) return;
    end_request(client);
    close(client->source.fd);
    for (int i = 0; i < CALLS; i++) free(client->calls[i].body.bytes);
    free(client->in.bytes);
    free(client->out.bytes);
    edge_discard(&client->source);
}

/// False when the connection is gone.
static bool flush(struct client *client) {
    while (client->sent < client->out.length) {
        ssize_t count = send(client->source.fd, client->out.bytes + client->sent, client->out.length - client->sent,
                             MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return true; // the edge of EPOLLOUT brings us back
        if (count < 0) {
            close_client(client);
            return false;
        }
        client->sent += (size_t)count;
    }
    client->sent = client->out.length = 0;
    return true;
}

static void answer(struct client *client, const char *status, const struct call *calls) {
    size_t length = 2;
    for (int i = 0; calls && i < CALLS; i++) length += calls[i].body.length + 4 + (i > 0);
    char head[160];
    int count = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                         status, length);
    buffer_append(&client->out, head, (size_t)count);
    buffer_append(&client->out, "{", 1);
    for (int i = 0; calls && i < CALLS; i++) {
        char name[] = {',', '"', (char)('a' + i), '"', ':'};
        buffer_append(&client->out, name + (i == 0), sizeof name - (i == 0));
        buffer_append(&client->out, calls[i].body.bytes, calls[i].body.length);
    }
    buffer_append(&client->out, "}", 1);
}

/// Takes requests from what has come in, one at a time.
static void advance(struct client *client) {
    while (client->source.fd >= 0 && client->waiting == 0) {
        char *end = client->in.length ? memmem(client->in.bytes, client->in.length, "\r\n\r\n", 4) : NULL;
        if (end == NULL) {
            if (client->in.length > HEAD_LIMIT) close_client(client);
            return;
        }
        bool page = strncmp(client->in.bytes, "GET /page ", 10) == 0;
        size_t used = (size_t)(end - client->in.bytes) + 4;
        client->in.length -= used;
        memmove(client->in.bytes, client->in.bytes + used, client->in.length);
        if (!page) {
            answer(client, "404 Not Found", NULL);
            if (!flush(client)) return;
            continue;
        }
        client->waiting = CALLS;
        client->failed = false;
        make_request_id(client->request_id);
        client->deadline = now_milliseconds() + limit_milliseconds;
        client->earlier = last_due;
        if (last_due) last_due->later = client; else first_due = client;
        last_due = client;
        for (int i = 0; i < CALLS; i++) {
            client->calls[i].body.length = 0;
            call_start(&client->calls[i]);
        }
        return;
    }
}

void call_done(struct call *call, bool ok) {
    struct client *client = call->client;
    call->transfer = NULL;
    if (!ok) client->failed = true;
    if (--client->waiting > 0) return;
    leave_deadlines(client);
    if (client->failed) answer(client, "502 Bad Gateway", NULL); else answer(client, "200 OK", client->calls);
    if (flush(client)) advance(client);
}

static void client_ready(struct source *source, uint32_t events) {
    struct client *client = (struct client *)source;
    if (source->fd < 0) return;
    if (events & EPOLLOUT && client->out.length > 0 && !flush(client)) return;
    char bytes[4096];
    while (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
        ssize_t count = recv(source->fd, bytes, sizeof bytes, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) break;
        if (count <= 0) return close_client(client); // a client that goes away cancels its calls
        buffer_append(&client->in, bytes, (size_t)count);
        if (client->in.length > 4 * HEAD_LIMIT) return close_client(client);
        if ((size_t)count < sizeof bytes && !(events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))) break;
    }
    advance(client);
}

static void accept_ready(struct source *source, uint32_t events) {
    (void)events;
    int fd;
    while ((fd = accept4(source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct client *client = required(calloc(1, sizeof *client));
        client->source = (struct source){.ready = client_ready, .fd = fd};
        for (int i = 0; i < CALLS; i++) client->calls[i] = (struct call){.client = client, .index = i, .request_id = client->request_id};
        edge_watch(EPOLL_CTL_ADD, &client->source, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }
}

static void expire(void) {
    while (first_due && first_due->deadline <= now_milliseconds()) {
        struct client *client = first_due;
        end_request(client);
        answer(client, "504 Gateway Timeout", NULL);
        if (flush(client)) advance(client);
    }
}

/// Milliseconds for epoll_wait: until the first deadline, or what the calls ask for if that is sooner.
static int wait_milliseconds(void) {
    int calls = calls_wait_milliseconds();
    if (first_due == NULL) return calls;
    int64_t left = first_due->deadline - now_milliseconds();
    if (left < 0) left = 0;
    return calls >= 0 && calls < left ? calls : (int)left;
}

static int listen_on(const char *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 4096) != 0) {
        perror("listen"); // "Address already in use" makes the runner try another port
        exit(69);
    }
    return fd;
}

int main(int count, char **arguments) {
    if (count != 3 && count != 4) {
        fprintf(stderr, "usage: %s PORT UPSTREAM-PORT [TIMEOUT-SECONDS]\n", arguments[0]);
        return 64;
    }
    if (count == 4) limit_milliseconds = atoi(arguments[3]) * 1000;
    edge_epoll = epoll_create1(EPOLL_CLOEXEC);
    struct source listener = {.ready = accept_ready, .fd = listen_on(arguments[1])};
    edge_watch(EPOLL_CTL_ADD, &listener, EPOLLIN);
    calls_prepare(arguments[2]);
    for (;;) {
        struct epoll_event events[BATCH];
        int ready = epoll_wait(edge_epoll, events, BATCH, wait_milliseconds());
        for (int i = 0; i < ready; i++) {
            struct source *source = events[i].data.ptr;
            source->ready(source, events[i].events);
        }
        calls_tick();
        expire();
        while (discarded) {
            struct source *next = discarded->next_discarded;
            free(discarded);
            discarded = next;
        }
    }
}

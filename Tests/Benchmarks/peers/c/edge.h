// The side of the C peers that faces the client: one thread, one epoll set, HTTP/1.1 kept alive, five calls for a GET of
// /page, their bodies merged into one answer. How the calls are made is the business of the program that includes this.
#ifndef EDGE_H
#define EDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CALLS = 5, BATCH = 512, REQUEST_ID = 32 };

/// What an epoll event points at. Freed by `edge_discard` only, as a later event of the same batch may still point at it.
struct source {
    void (*ready)(struct source *self, uint32_t events);
    int fd;
    struct source *next_discarded;
};

struct buffer {
    char *bytes;
    size_t length, capacity;
};

/// One of a request's five calls.
struct call {
    struct client *client;
    int index;           // 0 to 4: path /a to /e
    const char *request_id; // of its page, REQUEST_ID hexadecimal digits: each call takes it along, as gatewayd's do
    void *transfer;      // the program's own, null when the call is not under way
    struct buffer body;
};

extern int edge_epoll;

// Given by the program.
void calls_prepare(const char *upstream_port);
void call_start(struct call *call);
void call_cancel(struct call *call);
int calls_wait_milliseconds(void); // until calls_tick has to be called again, -1 when only an event can tell
void calls_tick(void);             // after each batch of events

/// The body is in the call's buffer; `ok` is false for everything but a 200.
void call_done(struct call *call, bool ok);
void buffer_append(struct buffer *buffer, const void *bytes, size_t count);
/// Puts a descriptor in the epoll set, or changes what is watched.
void edge_watch(int operation, struct source *source, uint32_t events);
/// Frees it after the batch; the descriptor must be closed already.
void edge_discard(struct source *source);
void *required(void *memory);
int64_t now_milliseconds(void);

#endif

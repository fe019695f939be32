#include "CCurl.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// What is in front of a block's bytes; 16 long, so that they are aligned as malloc's are.
struct block {
    size_t kind;
    struct block *next; // while it is kept
};

enum {
    SMALLEST = 32,
    BEHIND = 16,          // a power of two with an end put behind it, as libcurl's buffers are, fits
    KINDS = 12,           // up to 64 KiB
    LARGE = KINDS,        // is malloc's affair
    KEPT = 1 << 15,       // of the smallest kind, half as many of the next: 1 MiB of each
};

/// Blocks that are kept: each thread's own, so that none waits. One that another thread gives back becomes that one's.
///
/// This code is never loaded when threads are already running, so that their place is known from the start (initial-exec).
static _Thread_local __attribute__((tls_model("initial-exec"))) struct list {
    struct block *first;
    size_t count;
} kept[KINDS];

static size_t capacity(size_t kind) {
    return ((size_t)SMALLEST << kind) + BEHIND;
}

/// The smallest kind that has so many bytes.
static size_t kind_of(size_t size) {
    if (size <= SMALLEST + BEHIND) return 0;
    size_t units = (size - BEHIND - 1) / SMALLEST; // at least 1
    size_t kind = 64 - (size_t)__builtin_clzll(units);
    return kind < LARGE ? kind : LARGE;
}

void *CCurl_malloc(size_t size) {
    size_t kind = kind_of(size);
    struct block *block;
    if (kind == LARGE) {
        block = size <= SIZE_MAX - sizeof *block ? malloc(sizeof *block + size) : NULL;
    } else {
        struct list *list = &kept[kind];
        block = list->first;
        if (block) {
            list->first = block->next;
            list->count--;
            return block + 1;
        }
        block = malloc(sizeof *block + capacity(kind));
    }
    if (!block) return NULL;
    block->kind = kind;
    return block + 1;
}

void CCurl_free(void *bytes) {
    if (!bytes) return;
    struct block *block = (struct block *)bytes - 1;
    size_t kind = block->kind;
    struct list *list = &kept[kind];
    if (kind == LARGE || list->count >= (size_t)KEPT >> kind) return free(block);
    block->next = list->first;
    list->first = block;
    list->count++;
}

void *CCurl_realloc(void *bytes, size_t size) {
    if (!bytes) return CCurl_malloc(size);
    struct block *block = (struct block *)bytes - 1;
    size_t kind = block->kind, wanted = kind_of(size);
    if (kind == LARGE && wanted == LARGE) {
        block = size <= SIZE_MAX - sizeof *block ? realloc(block, sizeof *block + size) : NULL;
        return block ? block + 1 : NULL;
    }
    if (kind == wanted) return bytes;
    void *moved = CCurl_malloc(size);
    if (!moved) return NULL;
    // Of the two, the smaller kind has a known size, and no more than that has a place or is there.
    memcpy(moved, bytes, kind < wanted ? capacity(kind) : size);
    CCurl_free(bytes);
    return moved;
}

char *CCurl_strdup(const char *text) {
    size_t size = strlen(text) + 1;
    char *bytes = CCurl_malloc(size);
    return bytes ? memcpy(bytes, text, size) : NULL;
}

void *CCurl_calloc(size_t count, size_t size) {
    size_t whole;
    if (__builtin_mul_overflow(count, size, &whole)) return NULL;
    void *bytes = CCurl_malloc(whole);
    return bytes ? memset(bytes, 0, whole) : NULL;
}

CURLcode CCurl_global_init(void) {
#if defined(__has_feature) && __has_feature(address_sanitizer)
    // Which knows malloc's blocks, and could not tell that one was used after libcurl gave it back.
    return curl_global_init(CURL_GLOBAL_DEFAULT);
#else
    return curl_global_init_mem(
        CURL_GLOBAL_DEFAULT, CCurl_malloc, CCurl_free, CCurl_realloc, CCurl_strdup, CCurl_calloc);
#endif
}

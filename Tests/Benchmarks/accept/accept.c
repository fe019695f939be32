// What it costs to share out connections over four processes, in the ways there are: CPU time of those processes for each
// connection, and how 200 connections that come at once and stay are spread.
//
// Usage: accept [CONNECTIONS]     (pinned by the caller: taskset -c 0 for all, the clients move to core 1)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 4, KEPT = 200, EVENTS = 64 };
enum way { EXCLUSIVE, TURNS, REUSEPORT, HANDOVER, WAYS };

static const char *const names[WAYS] = {
    "one socket, EPOLLEXCLUSIVE", "one socket, EPOLLEXCLUSIVE, taking turns", "a socket each, SO_REUSEPORT",
    "one process accepts and hands over (SCM_RIGHTS)"};
static int *held; // by worker, in memory that all share

static void check(long result, const char *what) {
    if (result < 0) perror(what), exit(70);
}

static int listener(in_port_t *port, int reuse) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    check(fd, "socket");
    if (reuse) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = *port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    check(bind(fd, (struct sockaddr *)&address, size), "bind");
    check(listen(fd, 4096), "listen");
    getsockname(fd, (struct sockaddr *)&address, &size);
    *port = address.sin_port;
    return fd;
}

static void watch(int epoll, int operation, int fd, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    check(epoll_ctl(epoll, operation, fd, &event), "epoll_ctl");
}

/// Takes a connection: greets it, and watches for its end.
static void take(int epoll, int worker, int fd) {
    send(fd, "x", 1, MSG_NOSIGNAL);
    watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN);
    held[worker]++;
}

static int received(int channel) {
    char byte, space[CMSG_SPACE(sizeof(int))];
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    return header ? *(int *)(void *)CMSG_DATA(header) : -1;
}

static void hand_over(int channel, int fd) {
    char byte = 0, space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    *(int *)(void *)CMSG_DATA(header) = fd;
    check(sendmsg(channel, &message, 0), "sendmsg");
    close(fd);
}

static void serve(enum way way, int worker, int source) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    uint32_t events = EPOLLIN | (way == EXCLUSIVE || way == TURNS ? EPOLLEXCLUSIVE : 0);
    watch(epoll, EPOLL_CTL_ADD, source, events);
    for (;;) {
        struct epoll_event ready[EVENTS];
        int count = epoll_wait(epoll, ready, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (ready[i].data.fd != source) {
                close(ready[i].data.fd);
                held[worker]--;
                continue;
            }
            for (int taken = 0, fd; taken < 8; taken++) {
                fd = way == HANDOVER ? received(source) : accept4(source, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (fd < 0) break;
                take(epoll, worker, fd);
            }
            if (way == TURNS) {
                watch(epoll, EPOLL_CTL_DEL, source, 0);
                watch(epoll, EPOLL_CTL_ADD, source, events);
            }
        }
    }
}

static void distribute(int socket, int *channels) {
    int epoll = epoll_create1(EPOLL_CLOEXEC), next = 0;
    watch(epoll, EPOLL_CTL_ADD, socket, EPOLLIN);
    for (;;) {
        struct epoll_event ready;
        if (epoll_wait(epoll, &ready, 1, -1) < 1) continue;
        for (int fd; (fd = accept4(socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;)
            hand_over(channels[next++ % WORKERS], fd);
    }
}

static int client(in_port_t port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct linger reset = {1, 0}; // no port stays in TIME_WAIT
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    check(connect(fd, (struct sockaddr *)&address, sizeof address), "connect");
    return fd;
}

static double cpu(pid_t pid) {
    char path[64];
    unsigned long user, system;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) return 0;
    fclose(file);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void measure(enum way way, int connections) {
    in_port_t port = 0;
    int sockets[WORKERS], ends[WORKERS], processes = 0;
    pid_t pids[WORKERS + 1];
    memset(held, 0, WORKERS * sizeof *held);
    for (int i = 0; i < WORKERS; i++) {
        int pair[2];
        check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), "socketpair");
        ends[i] = pair[1];
        sockets[i] = way == HANDOVER ? pair[0] : way == REUSEPORT || i == 0 ? listener(&port, way == REUSEPORT) : sockets[0];
    }
    int accepting = way == HANDOVER ? listener(&port, 0) : -1;
    for (int i = 0; i < WORKERS; i++)
        if ((pids[processes++] = fork()) == 0) serve(way, i, sockets[i]);
    if (way == HANDOVER && (pids[processes++] = fork()) == 0) distribute(accepting, ends);
    cpu_set_t core;
    CPU_ZERO(&core);
    CPU_SET(1, &core);
    sched_setaffinity(0, sizeof core, &core); // the rest of this function is the clients

    int kept[KEPT], most = 0, all = 0;
    char byte;
    for (int i = 0; i < KEPT; i++) kept[i] = client(port);
    for (int i = 0; i < KEPT; i++) check(recv(kept[i], &byte, 1, MSG_WAITALL), "recv");
    for (int i = 0; i < WORKERS; i++) most = held[i] > most ? held[i] : most, all += held[i];
    for (int i = 0; i < KEPT; i++) close(kept[i]);
    double before = 0, after = 0;
    for (int i = 0; i < processes; i++) before += cpu(pids[i]);
    for (int i = 0; i < connections; i++) {
        int fd = client(port);
        check(recv(fd, &byte, 1, MSG_WAITALL), "recv");
        close(fd);
    }
    for (int i = 0; i < processes; i++) after += cpu(pids[i]);
    printf("| %s | %.1f | %.2f |\n", names[way], (after - before) / connections * 1e6, (double)most / all * WORKERS);
    fflush(stdout);
    for (int i = 0; i < processes; i++) kill(pids[i], SIGKILL), waitpid(pids[i], NULL, 0);
    for (int i = 0; i < WORKERS; i++) close(ends[i]), close(sockets[i]);
    CPU_ZERO(&core);
    CPU_SET(0, &core);
    sched_setaffinity(0, sizeof core, &core);
}

int main(int count, char **arguments) {
    int connections = count > 1 ? atoi(arguments[1]) : 50000;
    held = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    printf("| way | CPU us/connection | busiest of 200 / mean |\n| --- | ---: | ---: |\n");
    for (int round = 0; round < 3; round++)
        for (enum way way = 0; way < WAYS; way++) measure(way, connections);
    return 0;
}

/* Sockets: addresses, options, control data, several messages at once; interfaces. */
#include "t.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

/* struct ucred, which C libraries show only with their own feature macros. */
struct credentials {
    int pid;
    unsigned uid, gid;
};

static void control_data(void)
{
    int s[2], one = 1, p[2];
    char byte = 'a', control[256] __attribute__((aligned(8))) = { 0 };
    struct iovec v = { &byte, 1 };
    struct msghdr m = {
        .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(2 * sizeof(int))};
    SHOW(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
    SHOW(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one));
    SHOW(pipe(p));
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET, c->cmsg_type = SCM_RIGHTS, c->cmsg_len = CMSG_LEN(2 * sizeof(int));
    memcpy(CMSG_DATA(c), p, sizeof p);
    SHOW(sendmsg(s[0], &m, 0));
    memset(control, 0, sizeof control);
    m.msg_controllen = sizeof control;
    byte = 0;
    SHOW(recvmsg(s[1], &m, MSG_CMSG_CLOEXEC));
    printf("byte %c flags %x\n", byte, m.msg_flags & ~MSG_CMSG_CLOEXEC);
    for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        printf("control %d %d %d\n", c->cmsg_level, c->cmsg_type, (int)c->cmsg_len);
        if (c->cmsg_type == SCM_RIGHTS) {
            int fd[2];
            memcpy(fd, CMSG_DATA(c), sizeof fd);
            SHOW(write(fd[1], "through", 7));
            char text[8] = "";
            SHOW(read(p[0], text, 7));
            printf("%s %d\n", text, fcntl(fd[0], F_GETFD));
        } else {
            struct credentials u;
            memcpy(&u, CMSG_DATA(c), sizeof u);
            printf("credentials %d %d %d\n", u.pid == getpid(), u.uid == getuid(), u.gid == getgid());
        }
    }
    struct credentials u;
    socklen_t n = sizeof u;
    int st[2];
    SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, st));
    SHOW(getsockopt(st[0], SOL_SOCKET, 17 /* SO_PEERCRED */, &u, &n));
    printf("peer %d %d, %d bytes\n", u.pid == getpid(), u.uid == getuid(), (int)n);
}

static void options(int fd)
{
    int v = 0;
    socklen_t n = sizeof v;
    SHOW(getsockopt(fd, SOL_SOCKET, SO_TYPE, &v, &n));
    printf("type %d, %d bytes\n", v, (int)n);
    struct timeval t = { 3, 250000 }, back = { 0 };
    SHOW(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
    n = sizeof back;
    SHOW(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &back, &n));
    printf("timeout %ld %ld, whole %d\n", (long)back.tv_sec, (long)back.tv_usec, n == sizeof back);
    struct linger l = { 1, 17 }, m = { 0 };
    SHOW(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l));
    n = sizeof m;
    SHOW(getsockopt(fd, SOL_SOCKET, SO_LINGER, &m, &n));
    printf("linger %d %d\n", m.l_onoff, m.l_linger);
    v = 1;
    SHOW(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &v, sizeof v));
    v = 0, n = sizeof v;
    SHOW(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &v, &n));
    SHOW(v);
    v = 0, n = sizeof v;
    SHOW(getsockopt(fd, SOL_SOCKET, SO_ERROR, &v, &n));
    SHOW(v);
}

static void tcp(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) }, b;
    socklen_t n = sizeof b;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    SHOW(bind(server, (struct sockaddr *)&a, sizeof a));
    SHOW(listen(server, 5));
    SHOW(getsockname(server, (struct sockaddr *)&b, &n));
    printf("family %d port %d address %s length %d\n", b.sin_family, b.sin_port != 0, inet_ntoa(b.sin_addr), (int)n);
    SHOW(connect(client, (struct sockaddr *)&b, sizeof b));
    struct sockaddr_in peer, own;
    n = sizeof peer;
    int fd = accept(server, (struct sockaddr *)&peer, &n);
    n = sizeof own;
    SHOW(getsockname(client, (struct sockaddr *)&own, &n));
    SHOW(peer.sin_port == own.sin_port && peer.sin_family == AF_INET);
    options(client);
    SHOW(write(client, "hello", 5));
    int ready = 0;
    char text[6] = "";
    SHOW(recv(fd, text, 5, MSG_WAITALL));
    SHOW(ioctl(fd, FIONREAD, &ready));
    SHOW(ready);
    printf("%s\n", text);
    SHOW(shutdown(client, SHUT_WR));
    SHOW(read(fd, text, 5));
    struct sockaddr_in nobody = {
        .sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int other = socket(AF_INET, SOCK_STREAM, 0);
    SHOW(connect(other, (struct sockaddr *)&nobody, sizeof nobody));
}

static void udp(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof a;
    int in = socket(AF_INET, SOCK_DGRAM, 0), out = socket(AF_INET, SOCK_DGRAM, 0), one = 1;
    SHOW(bind(in, (struct sockaddr *)&a, sizeof a));
    SHOW(getsockname(in, (struct sockaddr *)&a, &n));
    SHOW(setsockopt(in, IPPROTO_IP, IP_PKTINFO, &one, sizeof one));
    SHOW(setsockopt(in, IPPROTO_IP, IP_RECVTTL, &one, sizeof one));
    SHOW(setsockopt(in, SOL_SOCKET, SO_TIMESTAMP, &one, sizeof one));
    for (int i = 0; i < 3; i++)
        SHOW(sendto(out, "abc", (size_t)i + 1, 0, (struct sockaddr *)&a, sizeof a));
    char text[8], control[256] __attribute__((aligned(8)));
    struct sockaddr_in from;
    struct iovec v = { text, sizeof text };
    struct msghdr m = {.msg_name = &from,
                       .msg_namelen = sizeof from,
                       .msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof control};
    SHOW(recvmsg(in, &m, 0));
    printf("from %d %s\n", (int)m.msg_namelen, inet_ntoa(from.sin_addr));
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        int ttl;
        struct in_pktinfo p;
        struct timeval t;
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) {
            memcpy(&ttl, CMSG_DATA(c), sizeof ttl);
            printf("ttl %d\n", ttl);
        } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            memcpy(&p, CMSG_DATA(c), sizeof p);
            printf("interface %d address %s\n", p.ipi_ifindex, inet_ntoa(p.ipi_addr));
        } else if (c->cmsg_level == SOL_SOCKET) {
            memcpy(&t, CMSG_DATA(c), sizeof t);
            printf("time %d\n", labs(t.tv_sec - time(NULL)) < 10 && t.tv_usec < 1000000);
        } else {
            printf("control %d %d\n", c->cmsg_level, c->cmsg_type);
        }
    }
    char texts[2][8];
    struct iovec w[2] = { { texts[0], 8 }, { texts[1], 8 } };
    struct mmsghdr mm[2] = {{.msg_hdr = {.msg_iov = &w[0], .msg_iovlen = 1}},
                            {.msg_hdr = {.msg_iov = &w[1], .msg_iovlen = 1}}};
    SHOW(recvmmsg(in, mm, 2, MSG_DONTWAIT, NULL));
    printf("lengths %u %u\n", mm[0].msg_len, mm[1].msg_len);
    SHOW(recv(in, text, 8, MSG_DONTWAIT));
}

static void names(void)
{
    struct sockaddr_un u = { .sun_family = AF_UNIX, .sun_path = "socket" }, r;
    socklen_t n = sizeof r;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    SHOW(bind(fd, (struct sockaddr *)&u, sizeof u));
    SHOW(getsockname(fd, (struct sockaddr *)&r, &n));
    printf("%d %s %d\n", r.sun_family, r.sun_path, (int)n);
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT }, back;
    fd = socket(AF_INET6, SOCK_DGRAM, 0);
    n = sizeof back;
    if (fd >= 0 && bind(fd, (struct sockaddr *)&six, sizeof six) == 0) {
        SHOW(getsockname(fd, (struct sockaddr *)&back, &n));
        char text[64];
        printf("%d %s %d\n", back.sin6_family == AF_INET6, inet_ntop(AF_INET6, &back.sin6_addr, text, sizeof text),
               (int)n);
    }
    struct ifreq q = { .ifr_name = "lo" };
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    SHOW(ioctl(fd, SIOCGIFFLAGS, &q));
    printf("lo flags %x\n", q.ifr_flags & (IFF_LOOPBACK | IFF_UP));
    SHOW(ioctl(fd, SIOCGIFINDEX, &q));
    SHOW(q.ifr_ifindex);
    SHOW(ioctl(fd, SIOCGIFMTU, &q));
    SHOW(q.ifr_mtu > 1000);
}

int main(void)
{
    control_data();
    tcp();
    udp();
    names();
    return 0;
}

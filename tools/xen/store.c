// SPDX-License-Identifier: GPL-2.0
/*
 * xen-kvm-guest: telling xenstored of the domain, with what only we know: its
 * ports.  Names, devices and permissions are the toolstack's, before: xenstored
 * knows permissions of domains that there are, so that they are written between
 * the making of the domain and this.
 */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "guest.h"

#define XS_INTRODUCE	8
#define XS_WRITE	11
#define XS_ERROR	16

struct message {
	uint32_t type;
	uint32_t req_id;
	uint32_t tx_id;
	uint32_t len;
};

static int sock;

static void transfer(ssize_t (*how)(int, void *, size_t), void *data, size_t len)
{
	while (len) {
		ssize_t n = how(sock, data, len);

		if (n <= 0)
			die("xenstored");
		data = (char *)data + n;
		len -= n;
	}
}

static ssize_t do_write(int fd, void *data, size_t len)
{
	return write(fd, data, len);
}

static void request(uint32_t type, char *body, size_t len)
{
	struct message m = { .type = type, .len = len };
	char answer[4096];

	transfer(do_write, &m, sizeof(m));
	transfer(do_write, body, len);
	transfer(read, &m, sizeof(m));
	if (m.len >= sizeof(answer))
		errx(2, "xenstored: an answer of %u bytes", m.len);
	transfer(read, answer, m.len);
	answer[m.len] = '\0';
	if (m.type == XS_ERROR)
		errx(2, "xenstored: %s", answer);
}

static void write_node(const char *name, unsigned long value)
{
	char body[256];
	int len = snprintf(body, sizeof(body), "/local/domain/%u/%s",
			   guest.domid, name) + 1;

	len += snprintf(body + len, sizeof(body) - len, "%lu", value);
	request(XS_WRITE, body, len);
}

void introduce(void)
{
	struct sockaddr_un addr = {
		.sun_family = AF_UNIX,
		.sun_path = "/run/xenstored/socket",
	};
	char body[64];
	int len;

	sock = check(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	check(connect(sock, (void *)&addr, sizeof(addr)), addr.sun_path);

	write_node("store/ring-ref", STORE_PAGE / PAGE);
	write_node("store/port", guest.store_port);
	write_node("console/ring-ref", CONSOLE_PAGE / PAGE);
	write_node("console/port", guest.console_port);

	/* Each number with its terminator */
	len = snprintf(body, sizeof(body), "%u", guest.domid) + 1;
	len += snprintf(body + len, sizeof(body) - len, "%lu",
			STORE_PAGE / PAGE) + 1;
	len += snprintf(body + len, sizeof(body) - len, "%u",
			guest.store_port) + 1;
	request(XS_INTRODUCE, body, len);
	close(sock);
}

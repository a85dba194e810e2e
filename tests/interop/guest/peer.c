/*
 * One end of an RDMA connection that does what it is told, one line at a time, over librdmacm and libibverbs.
 *
 * Every command is answered by one line: "ok" with results, or "error" with the reason. Private data is written in hex,
 * "-" stands for none. Waiting commands give up after WAIT_MS.
 *
 *   listen ADDR PORT              a listener
 *   request                       waits for a connect request: private data, its depth and limits; makes the queue pair
 *   open ADDR PORT                resolves the other end and makes the queue pair
 *   connect IRD ORD DATA          event, status, private data
 *   accept IRD ORD DATA           event, status
 *   reject DATA
 *   region N LEN ACCESS           memory: address and key; ACCESS has l (local write), r, w (remote)
 *   drop N                        ends a region
 *   fill N OFFSET LEN SEED        puts the pattern there
 *   check N OFFSET LEN SEED       compares with the pattern
 *   recv ID N OFFSET LEN          posts a receive
 *   send|write|read ID N OFFSET LEN FLAGS [ADDRESS KEY]
 *                                 FLAGS has s (solicited), f (fence), u (unsignalled), v (invalidate KEY), - (none)
 *   poll                          the next completion: id, status, operation, bytes
 *   arm all|solicited             asks for a notification
 *   notified MS                   yes or no
 *   event                         the next event of the connection
 *   state                         the queue pair's state
 *   disconnect, error, destroy    ends the connection
 *   exit                          ends the program at once
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <rdma/rdma_cma.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { REGIONS = 16, DEPTH = 256, WAIT_MS = 20000 };

struct region {
	uint8_t *bytes;
	size_t len;
	struct ibv_mr *mr;
};

static struct rdma_event_channel *channel;
static struct rdma_cm_id *listener, *id;
static struct ibv_pd *pd;
static struct ibv_cq *cq;
static struct ibv_comp_channel *notices;
static struct region regions[REGIONS];

static int failed(const char *what)
{
	printf("error %s: %s\n", what, strerror(errno));
	return -1;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int readable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

/* The next event, to be acknowledged by the caller; null (and a line said) when none comes. */
static struct rdma_cm_event *next_event(void)
{
	struct rdma_cm_event *event;

	if (!readable(channel->fd, WAIT_MS)) {
		printf("error no event\n");
		return NULL;
	}
	if (rdma_get_cm_event(channel, &event)) {
		failed("rdma_get_cm_event");
		return NULL;
	}
	return event;
}

static void print_hex(const void *data, unsigned int len)
{
	const uint8_t *bytes = data;

	if (len == 0)
		printf(" -");
	else
		printf(" ");
	while (len--)
		printf("%02x", *bytes++);
}

static unsigned int from_hex(const char *text, uint8_t *data, unsigned int room)
{
	unsigned int n = 0, value;

	while (text && n < room && sscanf(text + 2 * n, "%2x", &value) == 1)
		data[n++] = value;
	return n;
}

static int expect(enum rdma_cm_event_type wanted)
{
	struct rdma_cm_event *event = next_event();
	enum rdma_cm_event_type got;
	int status;

	if (!event)
		return -1;
	got = event->event;
	status = event->status;
	rdma_ack_cm_event(event);
	if (got == wanted)
		return 0;
	printf("error %s %d\n", rdma_event_str(got), status);
	return -1;
}

static int make_queue_pair(void)
{
	struct ibv_qp_init_attr attr = {
		.qp_type = IBV_QPT_RC,
		.cap = { .max_send_wr = DEPTH, .max_recv_wr = DEPTH, .max_send_sge = 1, .max_recv_sge = 1 },
	};

	pd = ibv_alloc_pd(id->verbs);
	notices = ibv_create_comp_channel(id->verbs);
	cq = pd && notices ? ibv_create_cq(id->verbs, 2 * DEPTH, NULL, notices, 0) : NULL;
	if (!cq)
		return failed("completion queue");
	attr.send_cq = attr.recv_cq = cq;
	return rdma_create_qp(id, pd, &attr) ? failed("rdma_create_qp") : 0;
}

static int read_address(const char *address, const char *port, struct sockaddr_storage *to)
{
	struct sockaddr_in *four = (void *)to;
	struct sockaddr_in6 *six = (void *)to;

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(atoi(port));
	} else if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(atoi(port));
	} else {
		printf("error address\n");
		return -1;
	}
	return 0;
}

static void do_listen(char **word)
{
	struct sockaddr_storage at;

	if (read_address(word[1], word[2], &at))
		return;
	if (rdma_create_id(channel, &listener, NULL, RDMA_PS_TCP) ||
	    rdma_bind_addr(listener, (struct sockaddr *)&at) || rdma_listen(listener, 8))
		failed("listen");
	else
		printf("ok\n");
}

static void do_request(void)
{
	struct rdma_cm_event *event = next_event();
	struct rdma_conn_param *p;

	if (!event)
		return;
	if (event->event != RDMA_CM_EVENT_CONNECT_REQUEST) {
		printf("error %s %d\n", rdma_event_str(event->event), event->status);
		rdma_ack_cm_event(event);
		return;
	}
	id = event->id;
	p = &event->param.conn;
	if (!make_queue_pair()) {
		printf("ok %u %u", p->responder_resources, p->initiator_depth);
		print_hex(p->private_data, p->private_data_len);
		printf("\n");
	}
	rdma_ack_cm_event(event);
}

static void do_open(char **word)
{
	struct sockaddr_storage to;

	if (read_address(word[1], word[2], &to))
		return;
	if (rdma_create_id(channel, &id, NULL, RDMA_PS_TCP) ||
	    rdma_resolve_addr(id, NULL, (struct sockaddr *)&to, 5000)) {
		failed("rdma_resolve_addr");
		return;
	}
	if (expect(RDMA_CM_EVENT_ADDR_RESOLVED))
		return;
	if (rdma_resolve_route(id, 5000)) {
		failed("rdma_resolve_route");
		return;
	}
	if (expect(RDMA_CM_EVENT_ROUTE_RESOLVED) || make_queue_pair())
		return;
	printf("ok\n");
}

static void say_event(struct rdma_cm_event *event)
{
	printf("ok %s %d", rdma_event_str(event->event), event->status);
	print_hex(event->param.conn.private_data, event->param.conn.private_data_len);
	printf("\n");
	rdma_ack_cm_event(event);
}

static void do_connect(char **word, int is_accept)
{
	static uint8_t data[512];
	struct rdma_conn_param p = { .retry_count = 7, .rnr_retry_count = 7 };
	struct rdma_cm_event *event;

	p.responder_resources = atoi(word[1]);
	p.initiator_depth = atoi(word[2]);
	p.private_data_len = from_hex(word[3], data, sizeof(data));
	p.private_data = p.private_data_len ? data : NULL;
	if (is_accept ? rdma_accept(id, &p) : rdma_connect(id, &p)) {
		failed("rdma_connect or rdma_accept");
		return;
	}
	event = next_event();
	if (event)
		say_event(event);
}

static void do_reject(char **word)
{
	uint8_t data[255];
	unsigned int len = from_hex(word[1], data, sizeof(data));

	if (rdma_reject(id, data, len))
		failed("rdma_reject");
	else
		printf("ok\n");
}

static struct region *region_of(const char *number)
{
	unsigned int n = number ? (unsigned int)atoi(number) : REGIONS;

	return n < REGIONS && regions[n].mr ? &regions[n] : NULL;
}

static void do_region(char **word)
{
	unsigned int n = atoi(word[1]);
	size_t len = atol(word[2]);
	int access = 0;
	void *bytes;

	if (n >= REGIONS || regions[n].mr || posix_memalign(&bytes, 4096, len + 1)) {
		printf("error region\n");
		return;
	}
	memset(bytes, 0, len);
	access |= strchr(word[3], 'l') ? IBV_ACCESS_LOCAL_WRITE : 0;
	access |= strchr(word[3], 'r') ? IBV_ACCESS_REMOTE_READ : 0;
	access |= strchr(word[3], 'w') ? IBV_ACCESS_REMOTE_WRITE : 0;
	regions[n].bytes = bytes;
	regions[n].len = len;
	regions[n].mr = ibv_reg_mr(pd, bytes, len, access);
	if (regions[n].mr)
		printf("ok %llu %u\n", (unsigned long long)(uintptr_t)bytes, regions[n].mr->rkey);
	else
		failed("ibv_reg_mr");
}

static void do_drop(char **word)
{
	struct region *r = region_of(word[1]);

	if (!r || ibv_dereg_mr(r->mr)) {
		failed("ibv_dereg_mr");
		return;
	}
	free(r->bytes);
	memset(r, 0, sizeof(*r));
	printf("ok\n");
}

static uint8_t pattern(unsigned int seed, size_t n)
{
	return (uint8_t)(n * 31 + (n >> 8) + seed);
}

static void do_pattern(char **word, int is_check)
{
	struct region *r = region_of(word[1]);
	size_t offset = atol(word[2]), len = atol(word[3]), n;
	unsigned int seed = atoi(word[4]);

	if (!r || offset + len > r->len) {
		printf("error range\n");
		return;
	}
	for (n = 0; n < len; n++) {
		if (!is_check) {
			r->bytes[offset + n] = pattern(seed, n);
		} else if (r->bytes[offset + n] != pattern(seed, n)) {
			printf("error byte %zu is %02x\n", n, r->bytes[offset + n]);
			return;
		}
	}
	printf("ok\n");
}

static void do_recv(char **word)
{
	struct region *r = region_of(word[2]);
	struct ibv_sge sge = { 0 };
	struct ibv_recv_wr wr = { .wr_id = atoi(word[1]), .sg_list = &sge, .num_sge = 1 }, *bad;

	if (!r) {
		printf("error region\n");
		return;
	}
	sge.addr = (uintptr_t)r->bytes + atol(word[3]);
	sge.length = atol(word[4]);
	sge.lkey = r->mr->lkey;
	errno = ibv_post_recv(id->qp, &wr, &bad);
	if (errno)
		failed("ibv_post_recv");
	else
		printf("ok\n");
}

static void do_post(char **word, enum ibv_wr_opcode opcode)
{
	struct region *r = region_of(word[2]);
	const char *flags = word[5] ? word[5] : "-";
	struct ibv_sge sge = { 0 };
	struct ibv_send_wr wr = { .wr_id = atoi(word[1]), .sg_list = &sge, .num_sge = 1, .opcode = opcode }, *bad;

	if (!r) {
		printf("error region\n");
		return;
	}
	sge.addr = (uintptr_t)r->bytes + atol(word[3]);
	sge.length = atol(word[4]);
	sge.lkey = r->mr->lkey;
	wr.num_sge = sge.length ? 1 : 0;
	wr.send_flags = strchr(flags, 'u') ? 0 : IBV_SEND_SIGNALED;
	wr.send_flags |= strchr(flags, 's') ? IBV_SEND_SOLICITED : 0;
	wr.send_flags |= strchr(flags, 'f') ? IBV_SEND_FENCE : 0;
	if (strchr(flags, 'v')) {
		wr.opcode = IBV_WR_SEND_WITH_INV;
		wr.invalidate_rkey = word[7] ? strtoul(word[7], NULL, 0) : 0;
		/* siw's library takes it from here */
		wr.wr.rdma.rkey = wr.invalidate_rkey;
	} else if (word[6] && word[7]) {
		wr.wr.rdma.remote_addr = strtoull(word[6], NULL, 0);
		wr.wr.rdma.rkey = strtoul(word[7], NULL, 0);
	}
	errno = ibv_post_send(id->qp, &wr, &bad);
	if (errno)
		failed("ibv_post_send");
	else
		printf("ok\n");
}

static const char *operation(enum ibv_wc_opcode opcode)
{
	switch (opcode) {
	case IBV_WC_SEND:
		return "send";
	case IBV_WC_RDMA_WRITE:
		return "write";
	case IBV_WC_RDMA_READ:
		return "read";
	case IBV_WC_RECV:
		return "recv";
	default:
		return "other";
	}
}

static void do_poll(void)
{
	long end = now_ms() + WAIT_MS;
	struct ibv_wc wc;
	int n;

	while ((n = ibv_poll_cq(cq, 1, &wc)) == 0 && now_ms() < end)
		usleep(200);
	if (n != 1) {
		printf("error no completion\n");
		return;
	}
	printf("ok %llu %d %s %u\n", (unsigned long long)wc.wr_id, wc.status, operation(wc.opcode), wc.byte_len);
}

static void do_notified(char **word)
{
	struct ibv_cq *from;
	void *context;

	if (!readable(notices->fd, atoi(word[1]))) {
		printf("ok no\n");
		return;
	}
	if (ibv_get_cq_event(notices, &from, &context)) {
		failed("ibv_get_cq_event");
		return;
	}
	ibv_ack_cq_events(from, 1);
	printf("ok yes\n");
}

static void do_state(void)
{
	struct ibv_qp_attr attr;
	struct ibv_qp_init_attr init;

	if (ibv_query_qp(id->qp, &attr, IBV_QP_STATE, &init))
		failed("ibv_query_qp");
	else
		printf("ok %d\n", attr.qp_state);
}

static void do_end(const char *how)
{
	struct ibv_qp_attr attr = { .qp_state = IBV_QPS_ERR };
	int failure;

	if (!strcmp(how, "disconnect"))
		failure = rdma_disconnect(id);
	else
		failure = ibv_modify_qp(id->qp, &attr, IBV_QP_STATE);
	if (!strcmp(how, "destroy") && !failure)
		rdma_destroy_qp(id);
	if (failure)
		failed(how);
	else
		printf("ok\n");
}

static void obey(char **word)
{
	const char *what = word[0];
	struct rdma_cm_event *event;

	if (!strcmp(what, "listen"))
		do_listen(word);
	else if (!strcmp(what, "request"))
		do_request();
	else if (!strcmp(what, "open"))
		do_open(word);
	else if (!strcmp(what, "connect") || !strcmp(what, "accept"))
		do_connect(word, what[0] == 'a');
	else if (!strcmp(what, "reject"))
		do_reject(word);
	else if (!strcmp(what, "region"))
		do_region(word);
	else if (!strcmp(what, "drop"))
		do_drop(word);
	else if (!strcmp(what, "fill") || !strcmp(what, "check"))
		do_pattern(word, what[0] == 'c');
	else if (!strcmp(what, "recv"))
		do_recv(word);
	else if (!strcmp(what, "send"))
		do_post(word, IBV_WR_SEND);
	else if (!strcmp(what, "write"))
		do_post(word, IBV_WR_RDMA_WRITE);
	else if (!strcmp(what, "read"))
		do_post(word, IBV_WR_RDMA_READ);
	else if (!strcmp(what, "poll"))
		do_poll();
	else if (!strcmp(what, "arm"))
		printf(ibv_req_notify_cq(cq, word[1][0] == 's') ? "error arm\n" : "ok\n");
	else if (!strcmp(what, "notified"))
		do_notified(word);
	else if (!strcmp(what, "event") && (event = next_event()))
		say_event(event);
	else if (!strcmp(what, "state"))
		do_state();
	else if (!strcmp(what, "disconnect") || !strcmp(what, "error") || !strcmp(what, "destroy"))
		do_end(what);
	else if (strcmp(what, "event"))
		printf("error what is `%s`?\n", what);
}

int main(void)
{
	static char line[4096];
	char *word[9];

	setvbuf(stdout, NULL, _IOLBF, 0);
	channel = rdma_create_event_channel();
	if (!channel)
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		int n = 0;

		memset(word, 0, sizeof(word));
		for (char *w = strtok(line, " \n"); w && n < 8; w = strtok(NULL, " \n"))
			word[n++] = w;
		if (n == 0)
			continue;
		if (!strcmp(word[0], "exit"))
			_exit(0);
		obey(word);
	}
	return 0;
}


/* Behind the samples of the page: reads a stream of mini heads from standard input, so many bytes at once. */
#include <stdlib.h>

static void print_bytes(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        printf("%02x", (unsigned)bytes[i]);
    }
    printf("\n");
}

static bool one(uint16_t kind, spice_bytes body)
{
    spice_display_server_message message;
    if (!look(kind, body.data, body.size) ||
        !spice_display_server_message_parse(&message, kind, body.data, body.size, NULL)) {
        return false;
    }
    if (message.kind == SPICE_DISPLAY_SERVER_MESSAGE_PING) {
        uint8_t answer[64];
        const size_t size = pong(&message.body.ping, answer, sizeof answer);
        print_bytes(answer, size);
        return pong(&message.body.ping, answer, size - 1) == 0;
    }
    return true;
}

static bool each(const spice_frame *frame)
{
    return each_message(frame, one);
}

int main(int count, char **arguments)
{
    static uint8_t buffer[1 << 16];
    spice_framer framer = spice_framer_of(SPICE_HEADER_MINI, 256u << 20);
    const size_t step = count > 1 ? strtoul(arguments[1], NULL, 10) : 1;
    uint64_t serial = 1;
    size_t used = 0;
    size_t size;
    while ((size = fread(buffer + used, 1, step, stdin)) > 0) {
        const long left = receive(&framer, buffer, used + size, each);
        if (left < 0) {
            break;
        }
        used = (size_t)left;
    }
    print_bytes(buffer, mark(SPICE_HEADER_MINI, &serial, buffer, 12));
    print_bytes(buffer, mark(SPICE_HEADER_FULL, &serial, buffer, sizeof buffer));
    return mark(SPICE_HEADER_MINI, &serial, buffer, 11) == 0 && serial == 4 ? 0 : 1;
}

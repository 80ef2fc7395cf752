
/* Behind the samples of the page: reads a stream of mini heads from standard input, so many bytes at once. */
#include <stdlib.h>

static bool each(const spice_frame *frame)
{
    spice_display_server_message message;
    spice_error error;
    if (!spice_display_server_message_parse(&message, frame->kind, frame->body.data, frame->body.size, &error)) {
        return false;
    }
    if (!handle(&message)) {
        return false;
    }
    if (message.kind == SPICE_DISPLAY_SERVER_MESSAGE_PING) {
        uint8_t answer[64];
        const size_t size = pong(&message.body.ping, answer, sizeof answer);
        for (size_t i = 0; i < size; i++) {
            printf("%02x", (unsigned)answer[i]);
        }
        printf("\n");
        return pong(&message.body.ping, answer, size - 1) == 0;
    }
    return true;
}

int main(int count, char **arguments)
{
    static uint8_t buffer[1 << 16];
    spice_framer framer = spice_framer_of(SPICE_HEADER_MINI, 256u << 20);
    const size_t step = count > 1 ? strtoul(arguments[1], NULL, 10) : 1;
    size_t used = 0;
    size_t size;
    while ((size = fread(buffer + used, 1, step, stdin)) > 0) {
        const long left = receive(&framer, buffer, used + size, each);
        if (left < 0) {
            break;
        }
        used = (size_t)left;
    }
    return 0;
}

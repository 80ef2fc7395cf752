/** A `ping_ping_ping` as JSON. */
static inline void ping_ping_ping_json(ping_json *j, const ping_ping_ping *v)
{
    ping_json_put(j, "{\"kind\":");
    ping_json_named(j, v->kind, ping_ping_kind_name(v->kind));
    ping_json_put(j, ",\"size\":");
    ping_json_unsigned(j, (uint32_t)v->data.size);
    ping_json_put(j, ",\"data\":");
    ping_json_bytes(j, &v->data);
    ping_json_put(j, "}");
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void ping_ping_server_message_json(ping_json *j, const ping_ping_server_message *v)
{
    switch (v->kind) {
    case PING_PING_SERVER_MESSAGE_PING:
        ping_ping_ping_json(j, &v->body.ping);
        break;
    default:
        ping_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void ping_ping_client_message_json(ping_json *j, const ping_ping_client_message *v)
{
    switch (v->kind) {
    default:
        ping_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void ping_any_server_message_json(ping_json *j, const ping_any_server_message *v)
{
    switch (v->channel) {
    case PING_CHANNEL_TYPE_MAIN:
        ping_ping_server_message_json(j, &v->message.main);
        break;
    default:
        ping_json_bytes(j, &v->message.unknown.body);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void ping_any_client_message_json(ping_json *j, const ping_any_client_message *v)
{
    switch (v->channel) {
    case PING_CHANNEL_TYPE_MAIN:
        ping_ping_client_message_json(j, &v->message.main);
        break;
    default:
        ping_json_bytes(j, &v->message.unknown.body);
        break;
    }
}

#ifdef __cplusplus
}
#endif

#endif /* PING_JSON_H */

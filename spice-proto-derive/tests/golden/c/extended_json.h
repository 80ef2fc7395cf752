/** A `extended_ping_ping` as JSON. */
static inline void extended_ping_ping_json(extended_json *j, const extended_ping_ping *v)
{
    extended_json_put(j, "{\"kind\":");
    extended_json_named(j, v->kind, extended_ping_kind_name(v->kind));
    extended_json_put(j, ",\"size\":");
    extended_json_unsigned(j, (uint32_t)v->data.size);
    extended_json_put(j, ",\"data\":");
    extended_json_bytes(j, &v->data);
    extended_json_put(j, "}");
}

/** A `extended_question` as JSON. */
static inline void extended_question_json(extended_json *j, const extended_question *v)
{
    extended_json_put(j, "{\"topic\":");
    extended_json_unsigned(j, v->topic);
    extended_json_put(j, "}");
}

/** A `extended_ping_tell` as JSON. */
static inline void extended_ping_tell_json(extended_json *j, const extended_ping_tell *v)
{
    extended_json_put(j, "{\"text\":");
    extended_json_text(j, &v->text);
    extended_json_put(j, "}");
}

/** A `extended_ping_pong` as JSON. */
static inline void extended_ping_pong_json(extended_json *j, const extended_ping_pong *v)
{
    extended_json_put(j, "{\"kind\":");
    extended_json_named(j, v->kind, extended_ping_kind_name(v->kind));
    extended_json_put(j, "}");
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void extended_ping_server_message_json(extended_json *j, const extended_ping_server_message *v)
{
    switch (v->kind) {
    case EXTENDED_PING_SERVER_MESSAGE_PING:
        extended_ping_ping_json(j, &v->body.ping);
        break;
    case EXTENDED_PING_SERVER_MESSAGE_ASK:
        extended_question_json(j, &v->body.ask);
        break;
    case EXTENDED_PING_SERVER_MESSAGE_TELL:
        extended_ping_tell_json(j, &v->body.tell);
        break;
    default:
        extended_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void extended_ping_client_message_json(extended_json *j, const extended_ping_client_message *v)
{
    switch (v->kind) {
    case EXTENDED_PING_CLIENT_MESSAGE_PONG:
        extended_ping_pong_json(j, &v->body.pong);
        break;
    default:
        extended_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void extended_ship_server_message_json(extended_json *j, const extended_ship_server_message *v)
{
    switch (v->kind) {
    case EXTENDED_SHIP_SERVER_MESSAGE_PING:
        extended_ping_ping_json(j, &v->body.ping);
        break;
    case EXTENDED_SHIP_SERVER_MESSAGE_ASK:
        extended_question_json(j, &v->body.ask);
        break;
    case EXTENDED_SHIP_SERVER_MESSAGE_TELL:
        extended_ping_tell_json(j, &v->body.tell);
        break;
    default:
        extended_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void extended_ship_client_message_json(extended_json *j, const extended_ship_client_message *v)
{
    switch (v->kind) {
    case EXTENDED_SHIP_CLIENT_MESSAGE_PONG:
        extended_ping_pong_json(j, &v->body.pong);
        break;
    default:
        extended_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void extended_any_server_message_json(extended_json *j, const extended_any_server_message *v)
{
    switch (v->channel) {
    case EXTENDED_CHANNEL_TYPE_MAIN:
        extended_ping_server_message_json(j, &v->message.main);
        break;
    case EXTENDED_CHANNEL_TYPE_SHIPS:
        extended_ship_server_message_json(j, &v->message.ships);
        break;
    default:
        extended_json_bytes(j, &v->message.unknown.body);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void extended_any_client_message_json(extended_json *j, const extended_any_client_message *v)
{
    switch (v->channel) {
    case EXTENDED_CHANNEL_TYPE_MAIN:
        extended_ping_client_message_json(j, &v->message.main);
        break;
    case EXTENDED_CHANNEL_TYPE_SHIPS:
        extended_ship_client_message_json(j, &v->message.ships);
        break;
    default:
        extended_json_bytes(j, &v->message.unknown.body);
        break;
    }
}

#ifdef __cplusplus
}
#endif

#endif /* EXTENDED_JSON_H */

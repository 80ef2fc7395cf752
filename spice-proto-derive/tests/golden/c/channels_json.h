/** A `channels_common_mode` as JSON. */
static inline void channels_common_mode_json(channels_json *j, const channels_common_mode *v)
{
    channels_json_put(j, "{\"x_res\":");
    channels_json_unsigned(j, v->x_res);
    channels_json_put(j, ",\"y_res\":");
    channels_json_unsigned(j, v->y_res);
    channels_json_put(j, "}");
}

/** A `channels_common_empty` as JSON. */
static inline void channels_common_empty_json(channels_json *j, const channels_common_empty *v)
{
    (void)v;
    channels_json_put(j, "{}");
}

/** A `channels_common_set_ack` as JSON. */
static inline void channels_common_set_ack_json(channels_json *j, const channels_common_set_ack *v)
{
    channels_json_put(j, "{\"generation\":");
    channels_json_unsigned(j, v->generation);
    channels_json_put(j, ",\"window\":");
    channels_json_unsigned(j, v->window);
    channels_json_put(j, "}");
}

/** A `channels_common_migrate_data` as JSON. */
static inline void channels_common_migrate_data_json(channels_json *j, const channels_common_migrate_data *v)
{
    channels_json_put(j, "{\"data\":");
    channels_json_bytes(j, &v->data);
    channels_json_put(j, "}");
}

/** A `channels_common_ack_sync` as JSON. */
static inline void channels_common_ack_sync_json(channels_json *j, const channels_common_ack_sync *v)
{
    channels_json_put(j, "{\"generation\":");
    channels_json_unsigned(j, v->generation);
    channels_json_put(j, "}");
}

/** A `channels_main_mode` as JSON. */
static inline void channels_main_mode_json(channels_json *j, const channels_main_mode *v)
{
    channels_json_put(j, "{\"mode\":");
    channels_common_mode_json(j, &v->mode);
    channels_json_put(j, "}");
}

/** A `channels_main_server_mode` as JSON. */
static inline void channels_main_server_mode_json(channels_json *j, const channels_main_server_mode *v)
{
    channels_json_put(j, "{\"mode\":");
    channels_common_mode_json(j, &v->mode);
    channels_json_put(j, ",\"accepted\":");
    channels_json_unsigned(j, v->accepted);
    channels_json_put(j, "}");
}

/** A `channels_agent_mode` as JSON. */
static inline void channels_agent_mode_json(channels_json *j, const channels_agent_mode *v)
{
    channels_json_put(j, "{\"first\":");
    channels_json_unsigned(j, v->first);
    channels_json_put(j, "}");
}

/** A `channels_agent_announce` as JSON. */
static inline void channels_agent_announce_json(channels_json *j, const channels_agent_announce *v)
{
    channels_json_put(j, "{\"last\":");
    channels_json_unsigned(j, v->last);
    channels_json_put(j, "}");
}

/** A `channels_agent_both_message` as JSON. */
static inline void channels_agent_both_message_json(channels_json *j, const channels_agent_both_message *v)
{
    (void)v;
    channels_json_put(j, "{}");
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void channels_common_server_message_json(channels_json *j, const channels_common_server_message *v)
{
    switch (v->kind) {
    case CHANNELS_COMMON_SERVER_MESSAGE_SET_ACK:
        channels_common_set_ack_json(j, &v->body.set_ack);
        break;
    case CHANNELS_COMMON_SERVER_MESSAGE_MIGRATE_DATA:
        channels_common_migrate_data_json(j, &v->body.migrate_data);
        break;
    default:
        channels_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void channels_common_client_message_json(channels_json *j, const channels_common_client_message *v)
{
    switch (v->kind) {
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK_SYNC:
        channels_common_ack_sync_json(j, &v->body.ack_sync);
        break;
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK:
        channels_common_empty_json(j, &v->body.ack);
        break;
    default:
        channels_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void channels_main_server_message_json(channels_json *j, const channels_main_server_message *v)
{
    switch (v->kind) {
    case CHANNELS_MAIN_SERVER_MESSAGE_SET_ACK:
        channels_common_set_ack_json(j, &v->body.set_ack);
        break;
    case CHANNELS_MAIN_SERVER_MESSAGE_MIGRATE_DATA:
        channels_common_migrate_data_json(j, &v->body.migrate_data);
        break;
    case CHANNELS_MAIN_SERVER_MESSAGE_MODE:
        channels_main_server_mode_json(j, &v->body.mode);
        break;
    case CHANNELS_MAIN_SERVER_MESSAGE_AGENT_CONNECTED:
        channels_common_empty_json(j, &v->body.agent_connected);
        break;
    default:
        channels_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void channels_main_client_message_json(channels_json *j, const channels_main_client_message *v)
{
    switch (v->kind) {
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK_SYNC:
        channels_common_ack_sync_json(j, &v->body.ack_sync);
        break;
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK:
        channels_common_empty_json(j, &v->body.ack);
        break;
    case CHANNELS_MAIN_CLIENT_MESSAGE_MODE:
        channels_main_mode_json(j, &v->body.mode);
        break;
    default:
        channels_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void channels_derived_server_message_json(channels_json *j, const channels_derived_server_message *v)
{
    switch (v->kind) {
    case CHANNELS_DERIVED_SERVER_MESSAGE_SET_ACK:
        channels_common_set_ack_json(j, &v->body.set_ack);
        break;
    case CHANNELS_DERIVED_SERVER_MESSAGE_MIGRATE_DATA:
        channels_common_migrate_data_json(j, &v->body.migrate_data);
        break;
    case CHANNELS_DERIVED_SERVER_MESSAGE_MODE:
        channels_main_server_mode_json(j, &v->body.mode);
        break;
    case CHANNELS_DERIVED_SERVER_MESSAGE_AGENT_CONNECTED:
        channels_common_empty_json(j, &v->body.agent_connected);
        break;
    default:
        channels_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void channels_derived_client_message_json(channels_json *j, const channels_derived_client_message *v)
{
    switch (v->kind) {
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK_SYNC:
        channels_common_ack_sync_json(j, &v->body.ack_sync);
        break;
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK:
        channels_common_empty_json(j, &v->body.ack);
        break;
    case CHANNELS_DERIVED_CLIENT_MESSAGE_MODE:
        channels_main_mode_json(j, &v->body.mode);
        break;
    default:
        channels_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void channels_agent_message_json(channels_json *j, const channels_agent_message *v)
{
    switch (v->kind) {
    case CHANNELS_AGENT_MESSAGE_MODE:
        channels_agent_mode_json(j, &v->body.mode);
        break;
    case CHANNELS_AGENT_MESSAGE_ANNOUNCE:
        channels_agent_announce_json(j, &v->body.announce);
        break;
    case CHANNELS_AGENT_MESSAGE_MESSAGE:
        channels_agent_both_message_json(j, &v->body.message);
        break;
    default:
        channels_json_bytes(j, &v->body.unknown);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void channels_any_server_message_json(channels_json *j, const channels_any_server_message *v)
{
    switch (v->channel) {
    case CHANNELS_CHANNEL_TYPE_MAIN:
        channels_main_server_message_json(j, &v->message.main);
        break;
    case CHANNELS_CHANNEL_TYPE_DERIVED:
        channels_derived_server_message_json(j, &v->message.derived);
        break;
    default:
        channels_json_bytes(j, &v->message.unknown.body);
        break;
    }
}

/** The body of a message as JSON; in hexadecimal where it is not known. */
static inline void channels_any_client_message_json(channels_json *j, const channels_any_client_message *v)
{
    switch (v->channel) {
    case CHANNELS_CHANNEL_TYPE_MAIN:
        channels_main_client_message_json(j, &v->message.main);
        break;
    case CHANNELS_CHANNEL_TYPE_DERIVED:
        channels_derived_client_message_json(j, &v->message.derived);
        break;
    default:
        channels_json_bytes(j, &v->message.unknown.body);
        break;
    }
}

#ifdef __cplusplus
}
#endif

#endif /* CHANNELS_JSON_H */

/** A `additions_agent_qxl_data_chunk` as JSON. */
static inline void additions_agent_qxl_data_chunk_json(additions_json *j, const additions_agent_qxl_data_chunk *v)
{
    additions_json_put(j, "{\"data_size\":");
    additions_json_unsigned(j, (uint32_t)v->data.size);
    additions_json_put(j, ",\"prev_chunk\":");
    additions_json_address(j, v->prev_chunk);
    additions_json_put(j, ",\"next_chunk\":");
    additions_json_address(j, v->next_chunk);
    additions_json_put(j, ",\"data\":");
    additions_json_bytes(j, &v->data);
    additions_json_put(j, "}");
}

/** A `additions_agent_quic_header` as JSON. */
static inline void additions_agent_quic_header_json(additions_json *j, const additions_agent_quic_header *v)
{
    additions_json_put(j, "{\"magic\":");
    additions_json_unsigned(j, v->magic);
    additions_json_put(j, ",\"version\":");
    additions_json_unsigned(j, v->version);
    additions_json_put(j, ",\"offset\":");
    additions_json_signed(j, v->offset);
    additions_json_put(j, "}");
}

/** A `additions_agent_clipboard_grab` as JSON. */
static inline void additions_agent_clipboard_grab_json(additions_json *j, const additions_agent_clipboard_grab *v)
{
    additions_json_put(j, "{\"selection\":");
    if (v->has_selection) {
        additions_json_unsigned(j, v->selection);
    } else {
        additions_json_put(j, "null");
    }
    additions_json_put(j, ",\"reserved\":");
    if (v->has_reserved) {
        additions_json_array(j, v->reserved, 3);
    } else {
        additions_json_put(j, "null");
    }
    additions_json_put(j, ",\"serial\":");
    if (v->has_serial) {
        additions_json_unsigned(j, v->serial);
    } else {
        additions_json_put(j, "null");
    }
    additions_json_put(j, ",\"types\":");
    {
        uint32_t element;
        additions_json_put(j, "[");
        for (size_t i = 0; i < v->types.count; i++) {
            additions_json_put(j, i > 0 ? "," : "");
            if (additions_uint32_at(&v->types, i, &element)) {
                additions_json_unsigned(j, element);
            }
        }
        additions_json_put(j, "]");
    }
    additions_json_put(j, "}");
}

/** A `additions_agent_set` as JSON. */
static inline void additions_agent_set_json(additions_json *j, const additions_agent_set *v)
{
    additions_json_put(j, "{\"x\":");
    additions_json_unsigned(j, v->x);
    additions_json_put(j, ",\"shape\":");
    additions_json_address(j, v->shape);
    additions_json_put(j, "}");
}

/** A `additions_agent_cursor_command` as JSON. */
static inline void additions_agent_cursor_command_json(additions_json *j, const additions_agent_cursor_command *v)
{
    additions_json_put(j, "{\"type\":");
    additions_json_named(j, v->type, additions_agent_command_name(v->type));
    additions_json_put(j, ",\"u\":");
    if (j->secrets) {
        switch (v->u.kind) {
        case ADDITIONS_AGENT_CURSOR_COMMAND_U_SET:
            additions_json_put(j, "{\"set\":");
            additions_agent_set_json(j, &v->u.u.set);
            additions_json_put(j, "}");
            break;
        case ADDITIONS_AGENT_CURSOR_COMMAND_U_POSITION:
            additions_json_put(j, "{\"position\":");
            additions_json_put(j, "[");
            for (size_t i = 0; i < 2; i++) {
                additions_json_put(j, i > 0 ? "," : "");
                additions_json_unsigned(j, v->u.u.position[i]);
            }
            additions_json_put(j, "]");
            additions_json_put(j, "}");
            break;
        case ADDITIONS_AGENT_CURSOR_COMMAND_U_RAW:
            additions_json_put(j, "{\"raw\":");
            if (j->secrets) {
                additions_json_unsigned(j, v->u.u.raw);
            } else {
                additions_json_put(j, "\"<hidden>\"");
            }
            additions_json_put(j, "}");
            break;
        case ADDITIONS_AGENT_CURSOR_COMMAND_U_OTHER:
            additions_json_put(j, "null");
            break;
        }
    } else {
        additions_json_put(j, "\"<hidden>\"");
    }
    additions_json_put(j, ",\"name_size\":");
    additions_json_unsigned(j, (uint32_t)v->name.size);
    additions_json_put(j, ",\"name\":");
    additions_json_text(j, &v->name);
    additions_json_put(j, ",\"password_size\":");
    additions_json_unsigned(j, (uint32_t)v->password.size);
    additions_json_put(j, ",\"password\":");
    if (j->secrets) {
        additions_json_text(j, &v->password);
    } else {
        additions_json_put(j, "\"<hidden>\"");
    }
    additions_json_put(j, "}");
}

#ifdef __cplusplus
}
#endif

#endif /* ADDITIONS_JSON_H */

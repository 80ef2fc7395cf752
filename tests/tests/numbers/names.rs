//! What the headers call our items.

/// Names of an item of an enumeration, a flag set or a capability list.
pub(crate) fn of_item(list: &str, item: &str) -> Vec<String> {
    let prefix = match PREFIXES.iter().find(|(name, _)| *name == list) {
        Some((_, prefix)) => (*prefix).to_owned(),
        None => format!("SPICE_{}_", list.to_uppercase()),
    };
    let exception = RENAMED.iter().filter(|(of, of_item, _)| (*of, *of_item) == (list, item));
    let renamed: Vec<_> = exception.map(|(_, _, name)| (*name).to_owned()).collect();
    if renamed.is_empty() { vec![format!("{prefix}{item}")] } else { renamed }
}

/// Names of what follows from all items of an enumeration: one more than the last, or all bits of flags. Not every
/// list has it.
pub(crate) fn of_whole(list: &str, flags: bool) -> String {
    format!("SPICE_{}_{}", list.to_uppercase(), if flags { "MASK" } else { "ENUM_END" })
}

/// Name of one more than the last message of a channel and direction. Not every channel has it.
pub(crate) fn of_end(channel: &str, direction: &str) -> String {
    format!("SPICE_{direction}_END_{}", channel.trim_end_matches("Channel").to_uppercase())
}

/// Names of a message. `direction` is MSG, MSGC or, for channels that have no directions, empty.
pub(crate) fn of_message(channel: &str, direction: &str, message: &str) -> Vec<String> {
    let name = message.to_uppercase();
    match (channel, direction) {
        ("AgentChannel", _) => vec![format!("VD_AGENT_{name}")],
        ("StreamDeviceChannel", _) => vec![format!("STREAM_TYPE_{name}")],
        ("BaseChannel", _) => vec![format!("SPICE_{direction}_{name}")],
        // One number with a name for each kind of body.
        ("SmartcardChannel", "MSGC") => ["DATA", "HEADER", "ERROR", "ATR", "READER_ADD"]
            .map(|name| format!("SPICE_MSGC_SMARTCARD_{name}"))
            .into(),
        _ => {
            let channel = channel.trim_end_matches("Channel").to_uppercase();
            vec![format!("SPICE_{direction}_{channel}_{name}")]
        }
    }
}

/// Prefixes that do not follow from the name of the enumeration.
const PREFIXES: &[(&str, &str)] = &[
    ("CommonCapability", "SPICE_COMMON_CAP_"),
    ("MainCapability", "SPICE_MAIN_CAP_"),
    ("DisplayCapability", "SPICE_DISPLAY_CAP_"),
    ("InputsCapability", "SPICE_INPUTS_CAP_"),
    ("PlaybackCapability", "SPICE_PLAYBACK_CAP_"),
    ("RecordCapability", "SPICE_RECORD_CAP_"),
    ("SpicevmcCapability", "SPICE_SPICEVMC_CAP_"),
    ("AgentCapability", "VD_AGENT_CAP_"),
    ("StreamDeviceCapability", "STREAM_CAP_"),
    ("warn_code", "SPICE_"),
    ("info_code", "SPICE_"),
    ("migrate_flags", "SPICE_MIGRATE_"),
    ("path_flags", "SPICE_PATH_"),
    ("resource_type", "SPICE_RES_TYPE_"),
    ("composite_flags", "SPICE_COMPOSITE_"),
    ("composite_operator", "QXL_OP_"),
    ("port_event_type", "SPICE_PORT_EVENT_"),
    ("agent_monitors_flags", "VD_AGENT_CONFIG_MONITORS_FLAG_"),
    ("agent_display_flags", "VD_AGENT_DISPLAY_CONFIG_FLAG_"),
    ("agent_reply_code", "VD_AGENT_"),
    ("clipboard_type", "VD_AGENT_CLIPBOARD_"),
    ("clipboard_selection", "VD_AGENT_CLIPBOARD_SELECTION_"),
    ("file_xfer_result", "VD_AGENT_FILE_XFER_STATUS_"),
    ("file_xfer_error_type", "VD_AGENT_FILE_XFER_STATUS_ERROR_"),
    ("qxl_device_id", "QXL_DEVICE_ID_"),
    ("qxl_revision", "QXL_REVISION_STABLE_"),
    ("qxl_io", "QXL_IO_"),
    ("qxl_interrupt", "QXL_INTERRUPT_"),
    ("qxl_cmd_type", "QXL_CMD_"),
    ("qxl_command_flags", "QXL_COMMAND_FLAG_"),
    ("qxl_surface_type", "QXL_SURF_TYPE_"),
    ("qxl_surface_flags", "QXL_SURF_FLAG_"),
    ("qxl_cursor_cmd_type", "QXL_CURSOR_"),
    ("qxl_surface_cmd_type", "QXL_SURFACE_CMD_"),
    ("qxl_draw_type", "QXL_DRAW_"),
    ("qxl_effect_type", "QXL_EFFECT_"),
    ("qxl_path_flags", "QXL_PATH_"),
    ("qxl_image_group", "QXL_IMAGE_GROUP_"),
    ("qxl_image_flags", "QXL_IMAGE_"),
    ("qxl_bitmap_flags", "QXL_BITMAP_"),
    // The device uses the numbers of the channel.
    ("qxl_clip_type", "SPICE_CLIP_TYPE_"),
    ("qxl_brush_type", "SPICE_BRUSH_TYPE_"),
    ("qxl_string_flags", "SPICE_STRING_FLAGS_"),
    ("qxl_alpha_flags", "SPICE_ALPHA_FLAGS_"),
    ("qxl_cursor_type", "SPICE_CURSOR_TYPE_"),
];

/// Items that are called something else.
const RENAMED: &[(&str, &str, &str)] = &[
    ("auth_mechanism", "SPICE", "SPICE_COMMON_CAP_AUTH_SPICE"),
    ("auth_mechanism", "SASL", "SPICE_COMMON_CAP_AUTH_SASL"),
    ("vdi_port", "CLIENT", "VDP_CLIENT_PORT"),
    ("vdi_port", "SERVER", "VDP_SERVER_PORT"),
    ("agent_mouse_buttons", "LEFT", "VD_AGENT_LBUTTON_MASK"),
    ("agent_mouse_buttons", "MIDDLE", "VD_AGENT_MBUTTON_MASK"),
    ("agent_mouse_buttons", "RIGHT", "VD_AGENT_RBUTTON_MASK"),
    ("agent_mouse_buttons", "UP", "VD_AGENT_UBUTTON_MASK"),
    ("agent_mouse_buttons", "DOWN", "VD_AGENT_DBUTTON_MASK"),
    ("agent_mouse_buttons", "SIDE", "VD_AGENT_SBUTTON_MASK"),
    ("agent_mouse_buttons", "EXTRA", "VD_AGENT_EBUTTON_MASK"),
    ("qxl_draw_type", "COPY_BITS", "QXL_COPY_BITS"),
    ("qxl_range", "RAM", "QXL_RAM_RANGE_INDEX"),
    ("qxl_range", "VRAM", "QXL_VRAM_RANGE_INDEX"),
    ("qxl_range", "ROM", "QXL_ROM_RANGE_INDEX"),
    ("qxl_range", "IO", "QXL_IO_RANGE_INDEX"),
];

/// What the published headers have since a version: our place, and the version. The oldest that is compared is 0.14.3.
pub(crate) const SINCE: &[(&str, &str)] =
    &[("DisplayCapability.GL_SCANOUT2", "0.14.5"), ("DisplayChannel.gl_scanout2_unix", "0.14.5")];

/// Since which version the headers have a place of ours; `None` for what all of them have.
pub(crate) fn since(place: &str) -> Option<&'static str> {
    reason(SINCE, place)
}

/// What the description has and no header: a place, or the start of one that ends in a dot, and why.
const OURS_ALONE: &[(&str, &str)] = &[
    ("vsc_error_code.", "of the smartcard library's own header"),
    ("quic_image_type.", "of the codec, which is in no header"),
    ("lz_image_type.", "of the codec, which is in no header"),
];

/// What the headers have and the description has not, and why.
const THEIRS_ALONE: &[(&str, &str)] = &[
    ("CLIENT_MONITORS_CONFIG_CRC32_POLY", "of a checksum, not of a layout"),
    ("QXL_IO_RANGE_SIZE", "one more than the last"),
    ("QXL_PCI_RANGES", "one more than the last"),
    ("QXL_REVISION_DEVEL", "of the development device, which is not described"),
    ("REDHAT_PCI_VENDOR_ID", "of the bus, not of the device's memory"),
    ("SPICE_END_CHANNEL", "one more than the last"),
    ("SPICE_INPUT_MOTION_ACK_BUNCH", "of behaviour, in the documentation of the message"),
    ("SPICE_MAX_NUM_STREAMS", "of behaviour: stream ids are keys"),
    ("SPICE_MAX_PASSWORD_LENGTH", "of what is encrypted, not of a layout"),
    ("SPICE_TICKET_KEY_PAIR_LENGTH", "bits of a key; the ticket has an eighth of it in bytes"),
    ("SPICE_VERSION_MAJOR", "of the sender; any version can be read"),
    ("SPICE_VERSION_MINOR", "of the sender; any version can be read"),
    ("STREAM_CAP_END", "one more than the last"),
    ("STREAM_TYPE_INVALID", "not a message"),
    ("VDP_END_PORT", "one more than the last"),
    ("VD_AGENT_END_CAP", "one more than the last"),
    ("VD_AGENT_END_MESSAGE", "one more than the last"),
];

/// What a number of the headers says about a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    /// An array of so many elements.
    Length,
    /// An array of at most so many elements, or a number that is at most this.
    Most,
}

/// Numbers of the headers that are bounds of fields: constant, structure, field.
pub(crate) const BOUNDS: &[(&str, &str, &str, Bound)] = &[
    ("QXL_COMMAND_RING_SIZE", "QXLCommandRing", "items", Bound::Length),
    ("QXL_CURSOR_RING_SIZE", "QXLCommandRing", "items", Bound::Length),
    ("QXL_RELEASE_RING_SIZE", "QXLReleaseRing", "items", Bound::Length),
    ("QXL_CURSUR_DEVICE_DATA_SIZE", "QXLCursorCmd", "device_data", Bound::Length),
    ("QXL_LOG_BUF_SIZE", "QXLRam", "log_buf", Bound::Length),
    ("SPICE_TICKET_PUBKEY_BYTES", "LinkReply", "pub_key", Bound::Length),
    ("STREAM_DEVICE_PROTOCOL", "StreamDeviceHeader", "protocol_version", Bound::Most),
    ("STREAM_MSG_CAPABILITIES_MAX_BYTES", "Capabilities", "capabilities", Bound::Most),
    ("STREAM_MSG_CURSOR_SET_MAX_HEIGHT", "CursorSet", "height", Bound::Most),
    ("STREAM_MSG_CURSOR_SET_MAX_WIDTH", "CursorSet", "width", Bound::Most),
    ("VD_AGENT_MAX_DATA_SIZE", "VDIChunkHeader", "size", Bound::Most),
    ("VD_AGENT_PROTOCOL", "AgentMessageHeader", "protocol", Bound::Most),
];

/// Why a place of ours is in no header.
pub(crate) fn why_alone(place: &str) -> Option<&'static str> {
    let list = place.split_inclusive('.').next().unwrap_or_default();
    reason(OURS_ALONE, place).or_else(|| reason(OURS_ALONE, list))
}

/// Why a constant of the headers is not described.
pub(crate) fn why_not_described(constant: &str) -> Option<&'static str> {
    reason(THEIRS_ALONE, constant)
}

fn reason(reasons: &'static [(&str, &str)], name: &str) -> Option<&'static str> {
    reasons.iter().find(|(of, _)| *of == name).map(|(_, reason)| *reason)
}

//! The functions of a structure that users call: parse, size, write.

use super::C;
use crate::backend::text::Text;
use crate::model::{Struct, StructId};

/// What a type of the output is, as far as its functions ask.
pub(super) struct Api<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Most pointers that follow each other.
    pub(super) depth: usize,
    /// What stands between the bytes and the error in the parameters of `parse`.
    pub(super) measure: String,
    pub(super) extent: String,
    pub(super) put: String,
    pub(super) put_targets: String,
}

impl<'m> C<'m> {
    pub(super) fn struct_api(&self, text: &mut Text, item: &'m Struct, id: StructId) {
        let (name, rt) = (self.struct_name(id), self.prefix);
        let (parse, with) = (self.of(&name, "parse"), self.of(&name, "parse_with_trailing"));
        let read = self.of(&name, "read");
        let (parameter, argument, depends) = capabilities(rt, item.conditions.is_some());
        let set = if item.conditions.is_some() { "r.capabilities = &capabilities;\n    " } else { "" };
        let finish = if item.exact { format!(" && {rt}_finish(&r)") } else { String::new() };
        let not_finish = if item.exact { format!(" || !{rt}_finish(&r)") } else { String::new() };
        let after = if item.exact { "Bytes behind it are refused." } else { "Bytes behind it are accepted." };
        text.lines(&format!(
            "\
/** Parses and checks it all; `out` then borrows from `body`. {after}{depends} On false `error` says why. */
static inline bool {parse}({name} *out, const uint8_t *body, size_t size, {parameter}{rt}_error *error)
{{
    {rt}_reader r = {rt}_reader_of(body, size, error);
    {set}memset(out, 0, sizeof *out);
    return {read}(&r, out){finish};
}}

/** As `{parse}`, and gives the bytes that follow everything the message uses. */
static inline bool {with}({name} *out, const uint8_t *body, size_t size, {parameter}{rt}_bytes *trailing,
                          {rt}_error *error)
{{
    {rt}_reader r = {rt}_reader_of(body, size, error);
    {set}memset(out, 0, sizeof *out);
    *trailing = {rt}_bytes_of(NULL, 0);
    if (!{read}(&r, out){not_finish}) {{
        return false;
    }}
    *trailing = {rt}_trailing(&r);
    return true;
}}
",
        ));
        text.line("");
        let _ = argument;
        self.write_api(
            text,
            &Api {
                name: &name,
                depth: item.pointer_depth,
                measure: format!("{}(v, &m)", self.of(&name, "measure")),
                extent: match self.shapes.plain(id) {
                    true => super::number(item.size.min),
                    false => format!("{}(v)", self.of(&name, "extent")),
                },
                put: format!("{}(v, &w)", self.of(&name, "put")),
                put_targets: format!("{}(v, depth, &w)", self.of(&name, "put_targets")),
            },
        );
    }

    /// `_size` and `_write`.
    pub(super) fn write_api(&self, text: &mut Text, api: &Api<'_>) {
        let (rt, name) = (self.prefix, api.name);
        let (size, write) = (self.of(name, "size"), self.of(name, "write"));
        let targets = match api.depth {
            0 => String::new(),
            1 => format!("    {}\n", api.put_targets.replace("depth", "0") + ";"),
            depth => format!(
                "    for (unsigned depth = 0; depth < {depth}; depth++) {{\n        {};\n    }}\n",
                api.put_targets
            ),
        };
        let (measure, extent, put) = (&api.measure, &api.extent, &api.put);
        text.lines(&format!(
            "\
/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool {size}(const {name} *v, size_t *size, {rt}_error *error)
{{
    {rt}_measure m = {rt}_measure_of(error);
    return {measure} && {rt}_measured(&m, size);
}}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool {write}(const {name} *v, uint8_t *buffer, size_t room, size_t *written, {rt}_error *error)
{{
    {rt}_writer w;
    if (!{size}(v, written, error)) {{
        return false;
    }}
    if (*written > room) {{
        return {rt}_no_room(error, *written, room);
    }}
    w = {rt}_writer_of(buffer, {extent});
    {put};
{targets}    return true;
}}
"
        ));
        text.line("");
    }
}

/// The parameter of functions whose layouts depend on capabilities, the argument, and a sentence.
pub(super) fn capabilities(rt: &str, depends: bool) -> (String, &'static str, &'static str) {
    match depends {
        true => (
            format!("{rt}_capabilities capabilities, "),
            "capabilities, ",
            " Some fields depend on `capabilities`: what both sides have announced.",
        ),
        false => (String::new(), "", ""),
    }
}

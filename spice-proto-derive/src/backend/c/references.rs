//! What arrays and pointers lead to: still in a message, or values of yours.

use super::{C, number};
use crate::backend::text::Text;
use crate::model::{Element, StructId};

impl<'m> C<'m> {
    /// The lists of integers that the description has.
    pub(super) fn elements(&self, text: &mut Text) {
        for element in self.list_elements() {
            if !matches!(element, Element::Struct(_)) {
                self.list(text, element);
            }
        }
    }

    /// The list and the pointer of a structure, where the description has them.
    pub(super) fn references(&self, text: &mut Text, id: StructId) {
        let is = |element: &Element| matches!(element, Element::Struct(other) if *other == id);
        if let Some(element) = self.list_elements().into_iter().find(is) {
            self.list(text, element);
        }
        if self.is_target(id) {
            self.pointer_type(text, id);
            self.pointer_reader(text, id);
        }
    }

    fn list(&self, text: &mut Text, element: Element) {
        self.list_type(text, element);
        self.list_access(text, element);
        self.list_reader(text, element);
        self.list_writer(text, element);
    }

    /// The C type of a list's element: enumerations and addresses are integers there.
    fn list_element(&self, element: Element) -> String {
        match Self::element_scalar(element) {
            Some(scalar) => super::values::int_type(self.scalar_int(scalar)),
            None => self.element_type(element),
        }
    }

    fn list_type(&self, text: &mut Text, element: Element) {
        let base = self.element_base(element);
        let (list, ty, make) =
            (self.of(&base, "list"), self.list_element(element), self.of(&base, "list_of"));
        text.lines(&format!(
            "\
/** Elements of an array: in a message, where they were checked, or yours to write. */
typedef struct {list} {{
    /** Number of elements. */
    size_t count;
    /** Yours; NULL for a list in a message. */
    const {ty} *items;
    /** The bytes in the message. */
    const uint8_t *bytes;
    /** How many bytes that are. */
    size_t size;
}} {list};

/** A list of your elements, to be written. */
static inline {list} {make}(const {ty} *items, size_t count)
{{
    {list} list;
    list.count = count;
    list.items = items;
    list.bytes = NULL;
    list.size = 0;
    return list;
}}
"
        ));
        text.line("");
    }

    fn list_access(&self, text: &mut Text, element: Element) {
        let base = self.element_base(element);
        let (list, ty, at) = (self.of(&base, "list"), self.list_element(element), self.of(&base, "at"));
        let size = number(self.shapes.element_size(element));
        if self.element_fixed(element) {
            let load = match (element, Self::element_scalar(element)) {
                (Element::Struct(id), _) if self.shapes.plain(id) => {
                    format!("{}(b, out);", self.of(&self.struct_name(id), "load"))
                }
                (Element::Struct(id), _) => {
                    let (of, read) = (self.rt("reader_of"), self.of(&self.struct_name(id), "read"));
                    let reader = self.rt("reader");
                    format!("{reader} r = {of}(b, {size}, NULL);\n    return {read}(&r, out);")
                }
                (_, Some(scalar)) => format!("*out = {};", self.load(Self::LIST_ORDER, scalar, "b")),
                (_, None) => String::new(),
            };
            let done = if load.contains("return") { "" } else { "\n    return true;" };
            text.lines(&format!(
                "\
/** The element at an index; false behind the last one. */
static inline bool {at}(const {list} *list, size_t index, {ty} *out)
{{
    const uint8_t *b;
    memset(out, 0, sizeof *out);
    if (index >= list->count) {{
        return false;
    }}
    if (list->items != NULL) {{
        *out = list->items[index];
        return true;
    }}
    b = list->bytes + index * {size};
    {load}{done}
}}
"
            ));
            text.line("");
            return;
        }
        let (next, read) = (self.of(&base, "next"), self.of(&base, "read"));
        let (reader, of) = (self.rt("reader"), self.rt("reader_of"));
        text.lines(&format!(
            "\
/** Takes the first element off a list; false when there is none left. Go through a copy of the list. */
static inline bool {next}({list} *rest, {ty} *out)
{{
    memset(out, 0, sizeof *out);
    if (rest->count == 0) {{
        return false;
    }}
    rest->count--;
    if (rest->items != NULL) {{
        *out = *rest->items++;
        return true;
    }}
    {{
        {reader} r = {of}(rest->bytes, rest->size, NULL);
        if (!{read}(&r, out)) {{
            return false;
        }}
        rest->bytes += r.at;
        rest->size -= r.at;
        return true;
    }}
}}

/** The element at an index; false behind the last one. Goes through all before it: to see each, use `{next}`. */
static inline bool {at}(const {list} *list, size_t index, {ty} *out)
{{
    {list} rest = *list;
    do {{
        if (!{next}(&rest, out)) {{
            return false;
        }}
    }} while (index-- > 0);
    return true;
}}
"
        ));
        text.line("");
    }

    fn list_reader(&self, text: &mut Text, element: Element) {
        let base = self.element_base(element);
        let (list, ty, make) =
            (self.of(&base, "list"), self.list_element(element), self.of(&base, "list_of"));
        let (read, rest, follow) =
            (self.of(&base, "list_read"), self.of(&base, "list_rest"), self.of(&base, "list_follow"));
        let size = number(self.shapes.element_size(element));
        let (reader, rt) = (self.rt("reader"), self.prefix);
        let check = match self.shapes.plain_element(element) {
            true => "r->at += (size_t)need;".to_owned(),
            false => format!(
                "\
for (size_t i = 0; i < (size_t)count; i++) {{
        {ty} element;
        if (!{}(r, &element)) {{
            return {rt}_at_index(r->error, i);
        }}
    }}",
                self.of(&base, "read")
            ),
        };
        text.lines(&format!(
            "\
static inline bool {read}({reader} *r, uint64_t count, {list} *out)
{{
    const size_t start = r->at;
    const uint64_t need = {rt}_times(count, {size});
    if (need > r->size - r->at) {{
        return {rt}_truncated(r, need);
    }}
    {check}
    *out = {make}(NULL, (size_t)count);
    out->bytes = r->body + start;
    out->size = r->at - start;
    return true;
}}

static inline bool {follow}({reader} *r, uint32_t offset, size_t back, bool required, uint64_t count, {list} *out)
{{
    const size_t at = r->at;
    if (offset == 0) {{
        *out = {make}(NULL, 0);
        return {rt}_null_array(r, back, required, count, {size});
    }}
    if (!{rt}_follow(r, offset, back) || !{read}(r, count, out)) {{
        return false;
    }}
    {rt}_come_back(r, at);
    return true;
}}
"
        ));
        text.line("");
        if self.element_fixed(element) && !self.shapes.plain_element(element) {
            text.lines(&format!(
                "\
static inline bool {rest}({reader} *r, {list} *out)
{{
    return {read}(r, (r->size - r->at) / {size}, out);
}}
"
            ));
            text.line("");
        } else if self.element_fixed(element) {
            text.lines(&format!(
                "\
static inline void {rest}({reader} *r, {list} *out)
{{
    *out = {make}(NULL, (r->size - r->at) / {size});
    out->bytes = r->body + r->at;
    out->size = out->count * {size};
    r->at += out->size;
}}
"
            ));
            text.line("");
        }
    }

    fn list_writer(&self, text: &mut Text, element: Element) {
        let base = self.element_base(element);
        let list = self.of(&base, "list");
        let (extent, measure, put) =
            (self.of(&base, "list_extent"), self.of(&base, "list_measure"), self.of(&base, "list_put"));
        let (rt, size) = (self.prefix, number(self.shapes.element_size(element)));
        let word = |word: &str| self.of(&base, word);
        let each = !self.element_fixed(element);
        let sum = match each {
            true => format!(
                "size_t size = 0;
    for (size_t i = 0; list->items != NULL && i < list->count; i++) {{
        size += {}(&list->items[i]);
    }}
    return list->items != NULL ? size : list->size;",
                word("extent")
            ),
            false => format!("return list->items != NULL ? list->count * {size} : list->size;"),
        };
        let is_struct = matches!(element, Element::Struct(_));
        let checks = match is_struct {
            true => format!(
                "for (size_t i = 0; i < list->count; i++) {{
        if (!{}(&list->items[i], m)) {{
            return {rt}_at_index(m->error, i);
        }}
    }}",
                word("measure")
            ),
            false => format!("{rt}_add(m, {rt}_times(list->count, {size}));"),
        };
        let puts = match Self::element_scalar(element) {
            None => format!("{}(&list->items[i], w);", word("put")),
            Some(scalar) => {
                let room = format!("{rt}_room(w, {size})");
                self.store(Self::LIST_ORDER, scalar, &room, "list->items[i]")
            }
        };
        text.lines(&format!(
            "\
static inline size_t {extent}(const {list} *list)
{{
    {sum}
}}

static inline bool {measure}(const {list} *list, {rt}_measure *m)
{{
    if (list->items == NULL) {{
        {rt}_add(m, list->size);
        return true;
    }}
    {checks}
    return true;
}}

static inline void {put}(const {list} *list, {rt}_writer *w)
{{
    if (list->items == NULL) {{
        {rt}_put(w, list->bytes, list->size);
        return;
    }}
    for (size_t i = 0; i < list->count; i++) {{
        {puts}
    }}
}}
"
        ));
        text.line("");
    }

    fn pointer_type(&self, text: &mut Text, id: StructId) {
        let name = self.struct_name(id);
        let (reference, make) = (self.of(&name, "ref"), self.of(&name, "ref_to"));
        let (get, view, is_null) =
            (self.of(&name, "get"), self.of(&name, "view"), self.of(&name, "ref_is_null"));
        let (read, reader) = (self.of(&name, "read"), self.rt("reader"));
        let of = self.rt("reader_of");
        text.lines(&format!(
            "\
/** What a pointer leads to: in a message, where it was checked, or yours to write. All zeros are the null pointer. */
typedef struct {reference} {{
    /** Yours; NULL for a pointer in a message. */
    const {name} *item;
    /** The message. */
    const uint8_t *body;
    /** Its bytes. */
    size_t size;
    /** Where in the message. */
    uint32_t offset;
}} {reference};

/** A pointer to a value of yours, to be written; NULL is the null pointer. */
static inline {reference} {make}(const {name} *item)
{{
    {reference} ref;
    ref.item = item;
    ref.body = NULL;
    ref.size = 0;
    ref.offset = 0;
    return ref;
}}

/** Whether it leads nowhere. */
static inline bool {is_null}(const {reference} *ref)
{{
    return ref->item == NULL && ref->body == NULL;
}}

/** Copies out what the pointer leads to; false for the null pointer. */
static inline bool {get}(const {reference} *ref, {name} *out)
{{
    {reader} r;
    if (ref->item != NULL) {{
        *out = *ref->item;
        return true;
    }}
    memset(out, 0, sizeof *out);
    r = {of}(ref->body, ref->size, NULL);
    r.at = ref->offset < r.size ? ref->offset : r.size;
    return ref->body != NULL && {read}(&r, out);
}}

/** What the pointer leads to, in `space` where it is in a message; NULL for the null pointer. */
static inline const {name} *{view}(const {reference} *ref, {name} *space)
{{
    if (ref->item != NULL) {{
        return ref->item;
    }}
    return {get}(ref, space) ? space : NULL;
}}
"
        ));
        text.line("");
    }

    fn pointer_reader(&self, text: &mut Text, id: StructId) {
        let name = self.struct_name(id);
        let (reference, make, follow) =
            (self.of(&name, "ref"), self.of(&name, "ref_to"), self.of(&name, "follow"));
        let (read, rt) = (self.of(&name, "read"), self.prefix);
        text.lines(&format!(
            "\
static inline bool {follow}({rt}_reader *r, uint32_t offset, size_t back, bool required, {reference} *out)
{{
    {name} checked;
    const size_t at = r->at;
    *out = {make}(NULL);
    if (offset == 0 && !required) {{
        return true;
    }}
    if (!{rt}_follow(r, offset, back) || !{read}(r, &checked)) {{
        return false;
    }}
    {rt}_come_back(r, at);
    out->body = r->body;
    out->size = r->size;
    out->offset = offset;
    return true;
}}
"
        ));
        text.line("");
    }
}

//! Types and words of other languages, and what is written instead of them.

/// What to write for a type that other languages have.
pub(crate) fn foreign_type(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let plain = lower.trim_start_matches('_');
    let plain = plain.strip_suffix("_t").unwrap_or(plain);
    if let Some(help) = integer(plain).or_else(|| integer(plain.strip_prefix('g')?)) {
        return Some(help);
    }
    let help = match plain.strip_prefix('g').filter(|_| lower.starts_with('g')).unwrap_or(plain) {
        "char" | "uchar" | "byte" | "octet" => "write `uint8`",
        "short" => "write `int16`",
        "ushort" | "word" => "write `uint16`",
        "int" | "integer" | "signed" => "integers have their width in their name: write `int32`",
        "uint" | "unsigned" | "dword" => "integers have their width in their name: write `uint32`",
        "long" | "longlong" => "integers have their width in their name: write `int32` or `int64`",
        "ulong" | "ulonglong" | "qword" => {
            "integers have their width in their name: write `uint32` or `uint64`"
        }
        "varint" => "integers have a fixed width: write `uint32` or `uint64`",
        "size" | "ssize" | "usize" | "isize" | "off" | "uintptr" | "intptr" => {
            "sizes on the wire do not depend on a machine: write `uint32` or `uint64`"
        }
        "bool" | "boolean" => {
            "write `uint8`, or an enumeration with a name for each value: `enum8 NAME { NO, YES };`"
        }
        "float" | "double" | "half" | "real" | "f16" | "f32" | "f64" | "f128" | "float16" | "float32"
        | "float64" => {
            "there are no numbers with a fraction: write an integer in a fixed unit, such as 1/1000, or the bits as \
             `uint32` or `uint64`"
        }
        "string" | "str" | "text" | "cstring" | "utf8" | "wchar" | "wstring" => {
            "text is an array of bytes behind its length: `uint16 size; uint8 NAME[size] @text;`"
        }
        "bytes" | "blob" | "buffer" | "bytearray" => {
            "bytes are an array behind its length: `uint32 size; uint8 NAME[size];`, or `uint8 NAME[]` to the end of \
             the message"
        }
        "vec" | "vector" | "list" | "array" | "slice" | "repeated" => {
            "the number of elements stands behind the name: `uint32 count; TYPE NAME[count];`"
        }
        "map" | "hashmap" | "dict" => "write an array of structures with key and value",
        "optional" | "option" => {
            "what may be absent is a pointer (`TYPE *NAME`), a case of a switch, or a field with `@if(List.CAPABILITY)`"
        }
        "union" | "oneof" | "variant" => {
            "a choice is a switch: `switch (selector) { case ITEM: TYPE NAME; } NAME;`"
        }
        "enum" | "flags" | "bitflags" => {
            "define it on its own, with its width (`enum8 NAME { ... };`), and use it by name"
        }
        "void" | "null" | "none" | "unit" => {
            "what takes no bytes is left out; a body may be empty: `message { } NAME;`"
        }
        "const" | "static" | "mut" | "required" | "volatile" => "a field is a type and a name, nothing else",
        "fd" | "handle" => "write `unix_fd`: it takes no bytes and is passed beside the stream",
        "pointer" | "ptr" | "ref" | "box" => "a pointer is a star in front of the name: `TYPE *NAME`",
        _ => return None,
    };
    Some(help.to_owned())
}

/// What to write for a word that starts a definition in other languages.
pub(crate) fn foreign_definition(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "enum" | "enum64" | "enumeration" => "its width belongs to it: `enum8`, `enum16` or `enum32`",
        "flag" | "flags" | "flags64" | "bitflags" => {
            "its width belongs to it: `flags8`, `flags16` or `flags32`"
        }
        "package" | "namespace" | "mod" | "library" => "write `module NAME;`",
        "include" | "use" | "using" | "require" | "from" => "write `import \"path\";`",
        "class" | "record" | "packed" => "write `struct NAME { ... };`",
        "type" | "alias" => "write `typedef NAME TYPE;`",
        "service" | "interface" => "write `channel NAME { ... };`",
        "rpc" => "messages stand in a channel: `channel NAME { server: message { ... } NAME; client: ... };`",
        "union" | "oneof" => "a choice is a `switch` inside of a structure",
        "const" | "define" | "let" | "static" => {
            "constants are items of enumerations: `enum32 NAME { ITEM = 1 };`"
        }
        _ => return None,
    })
}

/// `u32`, `sint64`, `uint32be` and so on.
fn integer(name: &str) -> Option<String> {
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let (kind, rest) = name.split_at_checked(digits)?;
    let kind = kind.strip_suffix('_').unwrap_or(kind);
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (bits, order) = rest.split_at_checked(end)?;
    let signed = match kind {
        "u" | "uint" | "u_int" | "fixed" | "word" | "ui" => false,
        "i" | "s" | "int" | "sint" | "sfixed" => true,
        _ => return None,
    };
    if !matches!(order, "" | "le" | "be" | "_le" | "_be") {
        return None;
    }
    let ty = match (bits, signed) {
        ("8" | "16" | "32" | "64", false) => format!("uint{bits}"),
        ("8" | "16" | "32" | "64", true) => format!("int{bits}"),
        _ => {
            return Some("integers have 8, 16, 32 or 64 bits; others are bytes: `uint8 NAME[16]`".to_owned());
        }
    };
    Some(match order.trim_start_matches('_') {
        "be" => format!("write `{ty}`, with `@big_endian` on the structure"),
        "le" => format!("write `{ty}`: integers have their least significant byte first"),
        _ => format!("write `{ty}`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_other_languages_have_their_width() {
        for (names, help) in [
            (
                &["u32", "U32", "uint32_t", "__u32", "guint32", "fixed32", "UINT32", "u_int32_t", "uint_32"]
                    [..],
                "write `uint32`",
            ),
            (&["i8", "s8", "int8_t", "gint8", "sint8"], "write `int8`"),
            (&["u64be"], "write `uint64`, with `@big_endian` on the structure"),
            (&["i128", "uint24"], "integers have 8, 16, 32 or 64 bits; others are bytes: `uint8 NAME[16]`"),
        ] {
            for name in names {
                assert_eq!(foreign_type(name).as_deref(), Some(help), "{name}");
            }
        }
    }

    #[test]
    fn types_without_counterpart_have_advice() {
        for name in [
            "bool", "gboolean", "_Bool", "float", "double", "f64", "string", "String", "usize", "size_t",
            "Vec",
        ] {
            assert!(foreign_type(name).is_some(), "{name}");
        }
        for name in ["Rect", "u", "8", "x86", "géant", "g", "_", ""] {
            assert_eq!(foreign_type(name), None, "{name}");
        }
    }
}

//! What stands at the top level: modules, typedefs, structures, enumerations.

use super::BodyKind;
use super::Parse;
use super::Parser;
use super::Stop;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::foreign_definition;
use crate::diagnostic::nearest;
use crate::source::Span;
use crate::syntax::ast::Attribute;
use crate::syntax::ast::Definition;
use crate::syntax::ast::Docs;
use crate::syntax::ast::Enum;
use crate::syntax::ast::EnumItem;
use crate::syntax::ast::EnumKeyword;
use crate::syntax::ast::Extend;
use crate::syntax::ast::Ident;
use crate::syntax::ast::Import;
use crate::syntax::ast::Module;
use crate::syntax::ast::Struct;
use crate::syntax::ast::StructKeyword;
use crate::syntax::ast::Typedef;
use crate::syntax::attribute::Place;
use crate::syntax::token::Kind;
use crate::syntax::token::quote;

const ENUMS: [(&str, EnumKeyword); 7] = [
    ("enum8", EnumKeyword::Enum(8)),
    ("enum16", EnumKeyword::Enum(16)),
    ("enum32", EnumKeyword::Enum(32)),
    ("flags8", EnumKeyword::Flags(8)),
    ("flags16", EnumKeyword::Flags(16)),
    ("flags32", EnumKeyword::Flags(32)),
    ("capabilities", EnumKeyword::Capabilities),
];

/// The other words that a definition starts with.
const WORDS: [&str; 8] =
    ["import", "extend", "module", "typedef", "struct", "message", "channel", "protocol"];

const DEFINITIONS: &str = "a file is made of `import`, `extend`, `module`, `typedef`, `struct`, `message`, `enum8`, `flags8` and the \
like, `capabilities`, `channel` and `protocol`";

const EXTENSIBLE: &str =
    "channels, enumerations, flag sets, capability lists and the protocol can be extended";

/// Words that mean something else where the name of a type may stand.
const RESERVED: [&str; 14] = [
    "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "unix_fd", "struct", "switch",
    "message", "case", "default",
];

/// Whether this word starts a definition with a body that cannot stand inside another body.
pub(super) fn has_body(word: &str) -> bool {
    matches!(word, "message" | "channel" | "protocol") || enum_keyword(word).is_some()
}

/// Whether definitions start with this word.
pub(super) fn starts(word: &str) -> bool {
    WORDS.contains(&word) || enum_keyword(word).is_some()
}

fn enum_keyword(word: &str) -> Option<EnumKeyword> {
    ENUMS.iter().find(|(name, _)| *name == word).map(|(_, keyword)| *keyword)
}

impl Parser<'_> {
    pub(super) fn definition(&mut self) -> Parse<Definition> {
        if self.at_word("import") {
            return self.import().map(Definition::Import);
        }
        let docs = self.docs();
        if !self.at(Kind::Ident) {
            let found = self.unexpected("a definition", "");
            return self.fail(match self.token.kind {
                Kind::Text => found.help("a text in quotes is the path of an `import`"),
                Kind::CloseBrace => found.help("this `}` closes nothing"),
                Kind::Semicolon => found.help("one `;` ends a definition"),
                _ => found,
            });
        }
        match self.token.text {
            "extend" => self.extend(docs).map(Definition::Extend),
            "module" => self.module(docs).map(Definition::Module),
            "typedef" => self.typedef(docs).map(Definition::Typedef),
            "struct" => self.structure(docs, StructKeyword::Struct).map(Definition::Struct),
            "message" => self.structure(docs, StructKeyword::Message).map(Definition::Struct),
            "channel" => self.channel(docs).map(Definition::Channel),
            "protocol" => self.protocol(docs).map(Definition::Protocol),
            word => match enum_keyword(word) {
                Some(keyword) => self.enumeration(docs, keyword).map(Definition::Enum),
                None => self.unknown_definition(),
            },
        }
    }

    fn unknown_definition(&mut self) -> Parse<Definition> {
        let token = self.bump();
        let message = format!("{} does not start a definition", quote(token.text));
        let found = Diagnostic::new(Code::UnknownDefinition, token.span, message);
        let words = ENUMS.iter().map(|(word, _)| *word).chain(WORDS);
        self.diagnostics.push(match (foreign_definition(token.text), nearest(token.text, words)) {
            (Some(help), _) => found.help(help),
            (None, Some(near)) => found.help(format!("did you mean `{near}`?")),
            (None, None) => found.help(DEFINITIONS),
        });
        Err(Stop::Here)
    }

    /// The name of a new type, channel or module.
    pub(super) fn new_name(&mut self, keyword: &str) -> Parse<Ident> {
        let name = self.ident("a name", &format!("after `{keyword}`"))?;
        if RESERVED.contains(&name.name.as_str()) {
            let message = format!("`{}` cannot be the name of a definition", name.name);
            let found =
                Diagnostic::new(Code::ReservedName, name.span, message).label("has a meaning of its own");
            self.diagnostics.push(match keyword {
                "typedef" => found.help("the new name comes first: `typedef NAME TYPE;`"),
                _ => found,
            });
        }
        Ok(name)
    }

    /// `import "PATH";`
    fn import(&mut self) -> Parse<Import> {
        let start = self.bump().span;
        if !self.at(Kind::Text) {
            let found = self.unexpected("the path of a description in quotes", "after `import`");
            return self.fail(found.help("write it as in `import \"spice.proto\";`"));
        }
        let token = self.bump();
        let path = token.text.trim_matches('"').to_owned();
        if !is_path(&path) {
            let message = format!("{} is not a path", quote(token.text));
            self.diagnostics.push(
                Diagnostic::new(Code::ImportPath, token.span, message)
                    .help("folders are separated by `/`, on all systems; there are no escapes"),
            );
        }
        let span = self.since(start);
        let help = self.at(Kind::Comma).then_some("one import for each description");
        self.expect_end("after the path", help)?;
        Ok(Import { path, path_span: token.span, description: None, places: None, span })
    }

    /// `extend` and the definition that it continues.
    fn extend(&mut self, docs: Docs) -> Parse<Extend> {
        let start = self.bump().span;
        let word = if self.at(Kind::Ident) { self.token.text } else { "" };
        match (word, enum_keyword(word)) {
            ("channel", _) => {
                let mut channel = self.channel(docs)?;
                if let Some(base) = channel.base.take() {
                    let message = "an extension has no base of its own";
                    self.diagnostics.push(
                        Diagnostic::new(Code::ExtensionParts, base.span, message)
                            .help("its channel keeps the one that it has"),
                    );
                }
                self.extension_attributes(&mut channel.attributes, &["capabilities"]);
                channel.span = start.to(channel.span);
                Ok(Extend::Channel(channel))
            }
            ("protocol", _) => {
                let mut protocol = self.protocol(docs)?;
                protocol.span = start.to(protocol.span);
                Ok(Extend::Protocol(protocol))
            }
            (_, Some(keyword)) => {
                let mut list = self.enumeration(docs, keyword)?;
                self.extension_attributes(&mut list.attributes, &[]);
                list.span = start.to(list.span);
                Ok(Extend::Enum(list))
            }
            ("struct" | "message" | "typedef", None) => {
                let message = format!("`{word}` cannot be extended");
                let found = Diagnostic::new(Code::ExtensionParts, self.token.span, message);
                self.fail(
                    found.help(EXTENSIBLE.to_owned() + "; what lies on the wire already stays as it is"),
                )
            }
            _ => {
                let found =
                    self.unexpected("`channel`, `enum8` and the like, or `protocol`", "after `extend`");
                self.fail(
                    found.help(format!("write it as in `extend channel NAME {{ ... }};`; {EXTENSIBLE}")),
                )
            }
        }
    }

    /// Refuses the attributes that belong to the definition.
    fn extension_attributes(&mut self, attributes: &mut Vec<Attribute>, allowed: &[&str]) {
        for attribute in
            attributes.extract_if(.., |attribute| !allowed.contains(&attribute.name.name.as_str()))
        {
            let message = format!("`@{}` on an extension", attribute.name.name);
            self.diagnostics.push(
                Diagnostic::new(Code::ExtensionParts, attribute.span, message)
                    .help("what is extended keeps the attributes that it has"),
            );
        }
    }

    fn module(&mut self, docs: Docs) -> Parse<Module> {
        let start = self.bump().span;
        let name = self.new_name("module")?;
        let span = self.since(start);
        self.expect_end("after the name of the module", None)?;
        Ok(Module { docs, name, span })
    }

    fn typedef(&mut self, docs: Docs) -> Parse<Typedef> {
        let start = self.bump().span;
        let name = self.new_name("typedef")?;
        let ty = self.ty("after the new name")?;
        let attributes = self.attributes(Place::Typedef)?;
        let span = self.since(start);
        self.expect_end("after the type", None)?;
        Ok(Typedef { docs, name, ty, attributes, span })
    }

    fn structure(&mut self, docs: Docs, keyword: StructKeyword) -> Parse<Struct> {
        let start = self.bump().span;
        let word = match keyword {
            StructKeyword::Struct => "struct",
            StructKeyword::Message => "message",
        };
        let name = self.new_name(word)?;
        let owner = format!("{word} {}", quote(&name.name));
        let members = self.body(BodyKind::Fields, owner, "after the name", Self::member)?;
        let attributes = self.attributes(Place::Struct)?;
        let span = self.since(start);
        self.expect_end(after_body(attributes.is_empty()), None)?;
        Ok(Struct { docs, keyword, name, members, attributes, span })
    }

    /// `struct NAME { ... } attributes` as a type.
    pub(super) fn structure_in_line(&mut self) -> Parse<Struct> {
        let start = self.bump().span;
        let name = self.new_name("struct")?;
        if self.at(Kind::Ident) || self.at(Kind::Star) {
            let found = self.unexpected("`{`", "after the name of a structure");
            let used = format!("{} {}", name.name, self.token.text);
            return self.fail(found.help(format!("a structure is used by its name alone: {}", quote(&used))));
        }
        let owner = format!("struct {}", quote(&name.name));
        let members = self.body(BodyKind::Fields, owner, "after the name", Self::member)?;
        let attributes = self.attributes(Place::Struct)?;
        let span = self.since(start);
        let keyword = StructKeyword::Struct;
        Ok(Struct { docs: Docs::new(), keyword, name, members, attributes, span })
    }

    fn enumeration(&mut self, docs: Docs, keyword: EnumKeyword) -> Parse<Enum> {
        let word = self.bump();
        let name = self.new_name(word.text)?;
        let owner = format!("{} {}", word.text, quote(&name.name));
        self.open(BodyKind::List, owner, "after the name")?;
        let mut items: Vec<EnumItem> = Vec::new();
        let empty = self.at(Kind::CloseBrace);
        while !self.close()? {
            let start = self.token.span;
            match self.item().and_then(|item| self.comma(&item).map(|()| item)) {
                Ok(item) => items.push(item),
                Err(Stop::Unclosed) => return Err(Stop::Unclosed),
                Err(Stop::Here) => {
                    self.skip_item();
                    self.skipped.push(self.since(start));
                }
            }
            self.ensure_progress(start);
        }
        if empty {
            let message = format!("{} has no items", quote(&name.name));
            self.diagnostics.push(Diagnostic::new(Code::EmptyEnum, name.span, message));
        }
        let attributes = self.attributes(Place::Enum)?;
        let span = self.since(word.span);
        self.expect_end(after_body(attributes.is_empty()), None)?;
        Ok(Enum { docs, keyword, name, items, attributes, span })
    }

    fn item(&mut self) -> Parse<EnumItem> {
        let docs = self.docs();
        let name = self.item_name("an item", "")?;
        let value = if self.eat(Kind::Equals) { Some(self.integer("after `=`")?) } else { None };
        let attributes = self.attributes(Place::Item)?;
        Ok(EnumItem { docs, name, value, attributes })
    }

    /// The comma behind an item, which the last may lack.
    fn comma(&mut self, item: &EnumItem) -> Parse<()> {
        if self.eat(Kind::Comma) || self.at(Kind::CloseBrace) || self.at(Kind::End) || self.at_definition() {
            return Ok(());
        }
        let name = quote(&item.name.name);
        match self.token.kind {
            Kind::Ident | Kind::ItemName => {
                let gap = Span::new(self.previous.end, self.previous.end);
                let message = format!("missing `,` between {name} and {}", self.token.describe());
                self.diagnostics
                    .push(Diagnostic::new(Code::MissingComma, gap, message).label("expected `,`"));
                Ok(())
            }
            Kind::Semicolon => {
                let semicolon = self.bump().span;
                let message = format!("expected `,` after {name}, found `;`");
                self.diagnostics.push(
                    Diagnostic::new(Code::MissingComma, semicolon, message).help("items end with commas"),
                );
                Ok(())
            }
            _ => {
                let found = self.unexpected("`,` or `}`", &format!("after {name}"));
                self.fail(found)
            }
        }
    }

    /// Passes over the rest of an item: behind its comma, or to the `}` of the body.
    fn skip_item(&mut self) {
        while !matches!(self.token.kind, Kind::End | Kind::CloseBrace) && !self.at_definition() {
            match self.token.kind {
                Kind::OpenBrace => self.skip_block(),
                Kind::Comma | Kind::Semicolon => {
                    self.bump_quietly();
                    return;
                }
                _ => {
                    self.bump_quietly();
                }
            }
        }
    }
}

/// Whether an import can have this path.
pub(crate) fn is_path(path: &str) -> bool {
    !path.is_empty() && !path.contains('\\') && !path.contains(char::is_control)
}

/// What the `;` of a definition follows.
pub(super) fn after_body(no_attributes: bool) -> &'static str {
    if no_attributes { "after `}`" } else { "after the attribute" }
}

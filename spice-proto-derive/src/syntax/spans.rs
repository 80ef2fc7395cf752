//! Trees without places, to compare what they say.

use super::ast::Argument;
use super::ast::ArraySize;
use super::ast::Attribute;
use super::ast::Case;
use super::ast::Channel;
use super::ast::ChannelMember;
use super::ast::ChannelMessage;
use super::ast::Definition;
use super::ast::Description;
use super::ast::Enum;
use super::ast::EnumItem;
use super::ast::Extend;
use super::ast::Ident;
use super::ast::Import;
use super::ast::Integer;
use super::ast::Label;
use super::ast::Member;
use super::ast::MessageBody;
use super::ast::Module;
use super::ast::Protocol;
use super::ast::ProtocolChannel;
use super::ast::Struct;
use super::ast::Switch;
use super::ast::Type;
use super::ast::Typedef;
use super::ast::Variable;
use crate::source::Span;

impl Description {
    /// The same tree with every span empty, so that two texts that differ in layout only give equal trees. What an
    /// import leads to is no part of it.
    #[must_use]
    pub fn without_spans(mut self) -> Self {
        self.definitions.clear_spans();
        self
    }
}

trait ClearSpans {
    fn clear_spans(&mut self);
}

impl ClearSpans for Span {
    fn clear_spans(&mut self) {
        *self = Self::default();
    }
}

impl<T: ClearSpans> ClearSpans for Vec<T> {
    fn clear_spans(&mut self) {
        self.iter_mut().for_each(T::clear_spans);
    }
}

impl<T: ClearSpans> ClearSpans for Option<T> {
    fn clear_spans(&mut self) {
        self.iter_mut().for_each(T::clear_spans);
    }
}

impl<T: ClearSpans> ClearSpans for Box<T> {
    fn clear_spans(&mut self) {
        T::clear_spans(self);
    }
}

/// Goes into the listed fields, which are all that hold spans.
macro_rules! structs {
    ($($name:ident: $($field:ident)*;)*) => {$(
        impl ClearSpans for $name {
            fn clear_spans(&mut self) {
                $(self.$field.clear_spans();)*
            }
        }
    )*};
}

structs! {
    Ident: span;
    Module: name span;
    Typedef: name ty attributes span;
    Struct: name members attributes span;
    Variable: ty name array attributes span;
    Integer: span;
    Switch: selector cases name attributes span;
    Case: labels variable;
    Enum: name items attributes span;
    EnumItem: name value attributes;
    Channel: name base members attributes span;
    ChannelMessage: body name number attributes span;
    Protocol: name channels span;
    ProtocolChannel: channel name number span;
    Attribute: name arguments span;
}

impl ClearSpans for Definition {
    fn clear_spans(&mut self) {
        match self {
            Self::Import(import) => import.clear_spans(),
            Self::Extend(extend) => extend.clear_spans(),
            Self::Module(module) => module.clear_spans(),
            Self::Typedef(typedef) => typedef.clear_spans(),
            Self::Struct(structure) => structure.clear_spans(),
            Self::Enum(enumeration) => enumeration.clear_spans(),
            Self::Channel(channel) => channel.clear_spans(),
            Self::Protocol(protocol) => protocol.clear_spans(),
        }
    }
}

impl ClearSpans for Import {
    fn clear_spans(&mut self) {
        self.description = None;
        self.places = None;
        self.path_span.clear_spans();
        self.span.clear_spans();
    }
}

impl ClearSpans for Extend {
    fn clear_spans(&mut self) {
        match self {
            Self::Channel(channel) => channel.clear_spans(),
            Self::Enum(enumeration) => enumeration.clear_spans(),
            Self::Protocol(protocol) => protocol.clear_spans(),
        }
    }
}

impl ClearSpans for Member {
    fn clear_spans(&mut self) {
        match self {
            Self::Variable(variable) => variable.clear_spans(),
            Self::Switch(switch) => switch.clear_spans(),
        }
    }
}

impl ClearSpans for Type {
    fn clear_spans(&mut self) {
        match self {
            Self::Int { span, .. } | Self::UnixFd(span) => span.clear_spans(),
            Self::Address { target, span } => {
                target.clear_spans();
                span.clear_spans();
            }
            Self::Struct(structure) => structure.clear_spans(),
            Self::Named(name) => name.clear_spans(),
        }
    }
}

impl ClearSpans for ArraySize {
    fn clear_spans(&mut self) {
        match self {
            Self::Rest(span) | Self::CString(span) => span.clear_spans(),
            Self::Constant(size) => size.clear_spans(),
            Self::Field(field) => field.clear_spans(),
            Self::ImageSize { bits_per_pixel, width, height, span } => {
                bits_per_pixel.clear_spans();
                width.clear_spans();
                height.clear_spans();
                span.clear_spans();
            }
        }
    }
}

impl ClearSpans for Label {
    fn clear_spans(&mut self) {
        match self {
            Self::Case { name, .. } => name.clear_spans(),
            Self::Default(span) => span.clear_spans(),
        }
    }
}

impl ClearSpans for ChannelMember {
    fn clear_spans(&mut self) {
        match self {
            Self::Section(_, span) => span.clear_spans(),
            Self::Message(message) => message.clear_spans(),
        }
    }
}

impl ClearSpans for MessageBody {
    fn clear_spans(&mut self) {
        match self {
            Self::InPlace(body) => body.clear_spans(),
            Self::Named(name) => name.clear_spans(),
        }
    }
}

impl ClearSpans for Argument {
    fn clear_spans(&mut self) {
        match self {
            Self::Integer(number) => number.clear_spans(),
            Self::Path(path) => path.clear_spans(),
        }
    }
}

//! Printing a tree and parsing the text gives the tree.

use proptest::prelude::*;
use spice_proto_derive::source::Source;
use spice_proto_derive::syntax;

use crate::SAMPLES;
use crate::sample;
use crate::trees;

#[test]
fn samples_survive_printing() {
    for name in SAMPLES {
        let tree = syntax::parse(&sample(name)).description;
        let printed = Source::new(name, syntax::print(&tree));
        let again = syntax::parse(&printed);
        assert!(again.diagnostics.is_empty(), "{}", again.diagnostics.display(&printed));
        assert_eq!(syntax::print(&again.description), printed.text());
        assert_eq!(again.description.without_spans(), tree.without_spans());
    }
}

#[test]
fn layout_is_one_member_a_line() {
    let text = "/// D\nchannel C:B{message{switch(a.b){case X:case !Y:struct S{address(T)p[];}@exact s;default:\
                uint8*q[image_size(8,w,h)];}u@anon;}m=1;E e;E f;client:E g@deprecated;}@ids(uint32);";
    let expected = "\
/// D
channel C : B {
    message {
        switch (a.b) {
        case X:
        case !Y:
            struct S {
                address(T) p[];
            } @exact s;
        default:
            uint8 *q[image_size(8, w, h)];
        } u @anon;
    } m = 1;

    E e;
    E f;

client:
    E g @deprecated;
} @ids(uint32);
";
    let parsed = syntax::parse(&Source::new("test", text));
    assert!(parsed.diagnostics.is_empty(), "{:#?}", parsed.diagnostics);
    assert_eq!(syntax::print(&parsed.description), expected);
}

proptest! {
    #[test]
    fn any_tree_survives_printing(tree in trees::description()) {
        let printed = Source::new("printed", syntax::print(&tree));
        let parsed = syntax::parse(&printed);
        prop_assert!(parsed.diagnostics.is_empty(), "{}\n{}", printed.text(), parsed.diagnostics.display(&printed));
        prop_assert_eq!(parsed.description.without_spans(), tree, "{}", printed.text());
    }
}

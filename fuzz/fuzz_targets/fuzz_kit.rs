#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| spice_proto_tests::oracle::fuzz_kit(data));

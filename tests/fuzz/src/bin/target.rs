//! One target under libFuzzer: `SOFTRNIC_FUZZ_TARGET` names it. `cargo dev fuzz` builds and runs this.
#![cfg_attr(feature = "engine", no_main)]

#[cfg(feature = "engine")]
static TARGET: std::sync::LazyLock<&softrnic_fuzz::Target> = std::sync::LazyLock::new(|| {
    let name = std::env::var("SOFTRNIC_FUZZ_TARGET").expect("SOFTRNIC_FUZZ_TARGET is set");
    softrnic_fuzz::target(&name).expect("a target has this name")
});

#[cfg(feature = "engine")]
libfuzzer_sys::fuzz_target!(
    init: at_exit(),
    |input: &[u8]| (TARGET.run)(input)
);

/// What the image's target says and does at the end.
#[cfg(feature = "engine")]
fn at_exit() {
    #[cfg(feature = "image")]
    {
        extern "C" fn close() {
            softrnic_fuzz::image::close();
        }
        // SAFETY: a function of the program, for its end.
        unsafe { libc::atexit(close) };
    }
}

#[cfg(not(feature = "engine"))]
fn main() {
    eprintln!("built without an engine: run `cargo dev fuzz`");
    std::process::exit(2);
}

//! What a run of the image's target leaves behind is found, after the last input too.

use std::env;
use std::process::Command;

use softrnic_fuzz::image;

fn one_input() {
    let target = softrnic_fuzz::target("image").expect("a target");
    (target.run)(&[1, 0]);
}

#[test]
#[ignore = "fails by intention: the test below runs it"]
fn planted() {
    one_input();
    image::leak();
    image::close();
}

#[test]
fn a_leak_is_found_after_the_last_input() {
    let mut planted = Command::new(env::current_exe().expect("this program"));
    planted.args(["planted", "--exact", "--ignored", "--nocapture"]);
    let output = planted.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("rule=VERIF-LEAK "), "{said}");
    // And only that one.
    one_input();
    image::close();
}

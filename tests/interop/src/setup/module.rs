//! siw as a module of the guest's kernel, its compile-time switches turned into parameters.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::packages::{self, Kernel};
use super::{SetupError, empty, failed, run};

/// A replacement in one of siw's sources: file, what is there, what is wanted.
type Change = (&'static str, &'static str, &'static str);

/// Changes the module of the cache was made with.
pub(crate) const INGREDIENTS: (&[&str], &[Change]) = (SWITCHES, CHANGES);

/// `const bool` switches of siw that become parameters of the same name and default.
const SWITCHES: &[&str] = &[
    "zcopy_tx",
    "try_gso",
    "mpa_crc_required",
    "mpa_crc_strict",
    "siw_tcp_nagle",
    "peer_to_peer",
];

/// The other switches, and four repairs that are off unless their parameter is set.
///
/// `fix_trailer`: siw forgets how much of an FPDU's padding and checksum it has when they come in two segments, and then
/// finds a wrong checksum. `fix_accept`: what arrives between the sending of siw's reply and the change of its socket's
/// callbacks is not looked at until more arrives; an initiator that is fast and then waits, waits for ever. An emulated
/// processor makes that window wide. `fix_close`: a FIN begins the end on another processor while the data in front of it
/// are about to be read; they are dropped then, and the peer gets a reset. `fix_resume`: a sender that found no room has yet
/// to note it when its socket's call for more wakes another; both hash the same bytes, and the FPDU's checksum is that of its
/// header and twice its payload.
const CHANGES: &[Change] = &[
    (
        "siw_main.c",
        "u_char mpa_version = MPA_REVISION_2;",
        "u_char mpa_version = MPA_REVISION_2;\nmodule_param(mpa_version, byte, 0644);",
    ),
    (
        "siw_cm.c",
        "static __be16 rtr_type = MPA_V2_RDMA_READ_RTR | MPA_V2_RDMA_WRITE_RTR;",
        "static ushort rtr_kinds = 0xc000;\nmodule_param_named(rtr_type, rtr_kinds, ushort, 0644);\n\
         #define rtr_type cpu_to_be16(rtr_kinds)",
    ),
    (
        "siw_cm.c",
        "int siw_accept(struct iw_cm_id *id,",
        "static bool fix_accept;\nmodule_param(fix_accept, bool, 0644);\n\nint siw_accept(struct iw_cm_id *id,",
    ),
    (
        "siw_cm.c",
        "\tsiw_cep_set_free(cep);\n\n\treturn 0;\n\nerror_unlock:",
        "\tif (fix_accept) {\n\t\tlock_sock(cep->sock->sk);\n\
         \t\tif (!skb_queue_empty(&cep->sock->sk->sk_receive_queue))\n\
         \t\t\tcep->sock->sk->sk_data_ready(cep->sock->sk);\n\
         \t\trelease_sock(cep->sock->sk);\n\t}\n\
         \tsiw_cep_set_free(cep);\n\n\treturn 0;\n\nerror_unlock:",
    ),
    (
        "siw_cm.c",
        "static void siw_cm_work_handler(struct work_struct *w)",
        "static bool fix_close;\nmodule_param(fix_close, bool, 0644);\n\n\
         static void siw_cm_work_handler(struct work_struct *w)",
    ),
    (
        "siw_cm.c",
        "\tcase SIW_CM_WORK_PEER_CLOSE:\n",
        "\tcase SIW_CM_WORK_PEER_CLOSE:\n\t\tif (fix_close && cep->sock) {\n\
         \t\t\tlock_sock(cep->sock->sk);\n\t\t\trelease_sock(cep->sock->sk);\n\t\t}\n",
    ),
    (
        "siw_qp_tx.c",
        "int siw_qp_sq_process(struct siw_qp *qp)\n{",
        "static bool fix_resume;\nmodule_param(fix_resume, bool, 0644);\n\
         static DEFINE_MUTEX(siw_turn);\nstatic int siw_process(struct siw_qp *qp);\n\n\
         int siw_qp_sq_process(struct siw_qp *qp)\n{\n\tbool turns = READ_ONCE(fix_resume);\n\tint rv = 0;\n\n\
         \tif (turns)\n\t\tmutex_lock(&siw_turn);\n\
         \tif (!turns || tx_wqe(qp)->wr_status != SIW_WR_IDLE)\n\t\trv = siw_process(qp);\n\
         \tif (turns)\n\t\tmutex_unlock(&siw_turn);\n\treturn rv;\n}\n\n\
         static int siw_process(struct siw_qp *qp)\n{",
    ),
    (
        "siw_qp_rx.c",
        "static int siw_get_trailer(",
        "static bool fix_trailer;\nmodule_param(fix_trailer, bool, 0644);\n\nstatic int siw_get_trailer(",
    ),
    (
        "siw_qp_rx.c",
        "skb_copy_bits(skb, srx->skb_offset, tbuf, avail);",
        "skb_copy_bits(skb, srx->skb_offset, tbuf + (fix_trailer ? srx->fpdu_part_rcvd : 0), avail);\n\
         \tsrx->fpdu_part_rcvd += avail;",
    ),
];

/// Builds `siw.ko` for `kernel`; gives its path.
pub(crate) fn build(cache: &Path, kernel: &Kernel) -> Result<PathBuf, SetupError> {
    let tree = cache.join("kernel");
    empty(&tree)?;
    for package in &kernel.kernel {
        packages::unpack(package, &tree, &[])?;
    }
    let headers = tree
        .join("usr/src")
        .join(format!("linux-headers-{}", kernel.release));
    point_at(&headers.join("Makefile"), &tree)?;
    let source = cut_out(cache, kernel)?;
    make_parameters(&source)?;
    eprintln!("guest: compiling siw …");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut make = Command::new("make");
    make.arg("-C").arg(&headers).arg(format!("-j{threads}"));
    make.arg(format!("M={}", source.display()));
    make.args(["CONFIG_RDMA_SIW=m", "modules"]);
    make.env_remove("MAKEFLAGS").env_remove("CFLAGS");
    run(&mut make)?;
    let module = source.join("siw.ko");
    run(Command::new("strip").arg("--strip-debug").arg(&module))?;
    Ok(module)
}

/// The headers' makefile names the folder they are installed in; ours is another.
fn point_at(makefile: &Path, tree: &Path) -> Result<(), SetupError> {
    let text = fs::read_to_string(makefile).map_err(|e| failed("kernel headers", &e))?;
    let text = text.replace("/usr/src/", &format!("{}/usr/src/", tree.display()));
    fs::write(makefile, text).map_err(|e| failed("kernel headers", &e))
}

/// siw's folder of the kernel's source.
fn cut_out(cache: &Path, kernel: &Kernel) -> Result<PathBuf, SetupError> {
    eprintln!("guest: siw's source …");
    let (package, source) = (cache.join("source-package"), cache.join("source"));
    empty(&package)?;
    empty(&source)?;
    packages::unpack(&kernel.source, &package, &[])?;
    let series = packages::series(&kernel.release)?;
    let archive = package.join(format!("usr/src/linux-source-{series}.tar.xz"));
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(&source);
    tar.args(["--strip-components=5", "--wildcards", "-xf"])
        .arg(archive);
    run(tar.arg("linux-source-*/drivers/infiniband/sw/siw/*"))?;
    fs::remove_dir_all(package).map_err(|e| failed("kernel source", &e))?;
    Ok(source)
}

fn make_parameters(source: &Path) -> Result<(), SetupError> {
    for switch in SWITCHES {
        change(
            &source.join("siw.h"),
            &format!("extern const bool {switch};"),
            &format!("extern bool {switch};"),
        )?;
        let main = source.join("siw_main.c");
        let constant = format!("const bool {switch}");
        change(&main, &constant, &format!("bool {switch}"))?;
        append(&main, &format!("module_param({switch}, bool, 0644);\n"))?;
    }
    CHANGES
        .iter()
        .try_for_each(|(file, from, to)| change(&source.join(file), from, to))
}

fn change(file: &Path, from: &str, to: &str) -> Result<(), SetupError> {
    let text = fs::read_to_string(file).map_err(|e| failed(&file.display().to_string(), &e))?;
    if !text.contains(from) {
        let file = packages::file_name(file);
        return Err(SetupError(format!("{file} of this kernel has no `{from}`")));
    }
    fs::write(file, text.replacen(from, to, 1)).map_err(|e| failed("siw", &e))
}

fn append(file: &Path, line: &str) -> Result<(), SetupError> {
    let text = fs::read_to_string(file).map_err(|e| failed("siw", &e))?;
    fs::write(file, text + line).map_err(|e| failed("siw", &e))
}

//! What only Windows' tools do to a package: InfVerif checks the INFs, Inf2Cat makes their catalogs, SignTool signs these with
//! a test certificate.
//!
//! The steps are those of `cargo wdk`'s packaging, which knows one INF a driver; there are two here. The image is not signed by
//! itself: its hash is in the signed catalog, which is enough for a driver that PnP starts, and it stays the file that was
//! tested. The commands are made on any host, and run where the tools are.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// Windows Server 2022 and 2025, as Inf2Cat calls them.
const SYSTEMS: &str = "ServerFE_X64,Server2025_X64";

/// The test certificate's subject, and the file it is exported to.
pub const CERTIFICATE: &str = "softrnic test";
const CERTIFICATE_FILE: &str = "softrnic-test.cer";

/// The tools of the WDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Checks INFs.
    InfVerif,
    /// Makes catalogs.
    Inf2Cat,
    /// Signs.
    SignTool,
    /// Windows' own: makes and exports the certificate.
    PowerShell,
}

impl Tool {
    fn file(self) -> &'static str {
        match self {
            Self::InfVerif => "infverif.exe",
            Self::Inf2Cat => "inf2cat.exe",
            Self::SignTool => "signtool.exe",
            Self::PowerShell => "powershell.exe",
        }
    }

    /// Folders of the kit that have it, below one named by a version.
    fn folders(self) -> &'static [&'static str] {
        match self {
            Self::InfVerif => &["Tools", "bin"],
            Self::Inf2Cat | Self::SignTool => &["bin"],
            Self::PowerShell => &[],
        }
    }
}

/// A command of the pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub name: &'static str,
    /// Which program.
    pub tool: Tool,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// The commands that make a signed package of the folder `dir`, in order.
#[must_use]
pub fn steps(dir: &Path) -> Vec<Step> {
    let file = |name: &str| dir.join(name).display().to_string();
    let step = |name, tool, arguments: &[&str]| Step {
        name,
        tool,
        arguments: arguments.iter().map(ToString::to_string).collect(),
    };
    let sign = |name, catalog: &str| {
        let arguments = [
            "sign",
            "/v",
            "/fd",
            "SHA256",
            "/s",
            "My",
            "/n",
            CERTIFICATE,
            &file(catalog),
        ];
        step(name, Tool::SignTool, &arguments)
    };
    vec![
        step(
            "InfVerif: the adapter's INF",
            Tool::InfVerif,
            &["/v", "/w", &file("softrnic.inf")],
        ),
        step(
            "InfVerif: the protocol's INF",
            Tool::InfVerif,
            &["/v", "/w", &file("softrnic_protocol.inf")],
        ),
        step(
            "Inf2Cat",
            Tool::Inf2Cat,
            &[
                &format!("/driver:{}", dir.display()),
                &format!("/os:{SYSTEMS}"),
                "/uselocaltime",
            ],
        ),
        step(
            "test certificate",
            Tool::PowerShell,
            &[
                "-NoProfile",
                "-NonInteractive",
                "-Command",
                &certificate(&file(CERTIFICATE_FILE)),
            ],
        ),
        sign("SignTool: the adapter's catalog", "softrnic.cat"),
        sign("SignTool: the protocol's catalog", "softrnic_protocol.cat"),
    ]
}

/// Takes the certificate of that name, or makes one, and exports it to `file`.
fn certificate(file: &str) -> String {
    let file = file.replace('\'', "''");
    format!(
        "$ErrorActionPreference = 'Stop'; \
         $found = Get-ChildItem Cert:\\CurrentUser\\My -CodeSigningCert | \
         Where-Object {{ $_.Subject -eq 'CN={CERTIFICATE}' -and $_.NotAfter -gt (Get-Date).AddDays(1) }} | \
         Select-Object -First 1; \
         if (-not $found) {{ $found = New-SelfSignedCertificate -Type CodeSigningCert -Subject 'CN={CERTIFICATE}' \
         -CertStoreLocation Cert:\\CurrentUser\\My -HashAlgorithm SHA256 }}; \
         Export-Certificate -Cert $found -FilePath '{file}' | Out-Null"
    )
}

/// Where the kit is: `WDKContentRoot`, or where its installer puts it.
#[must_use]
pub fn kit() -> PathBuf {
    let named = env::var_os("WDKContentRoot").map(PathBuf::from);
    named.unwrap_or_else(|| r"C:\Program Files (x86)\Windows Kits\10".into())
}

/// Where `tool` is: in the newest version of the kit that has it, or wherever the system finds it.
#[must_use]
pub fn find(tool: Tool, kit: &Path) -> PathBuf {
    let versions = tool
        .folders()
        .iter()
        .flat_map(|folder| kit.join(folder).read_dir().into_iter().flatten());
    let mut versions: Vec<PathBuf> = versions.flatten().map(|entry| entry.path()).collect();
    versions.sort_by_key(|path| numbers(path));
    let places = versions
        .iter()
        .rev()
        .flat_map(|version| ["x64", "x86"].map(|it| version.join(it).join(tool.file())));
    let found = places.into_iter().find(|path| path.is_file());
    found.unwrap_or_else(|| tool.file().into())
}

/// `[10, 0, 26100, 0]` of a folder of that name: versions have an order of their own.
fn numbers(path: &Path) -> Vec<u32> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.')
        .filter_map(|part| part.parse().ok())
        .collect()
}

/// Runs the steps, each shown; the first that fails ends it.
///
/// # Errors
///
/// What failed, and what would mend it.
pub fn run(dir: &Path) -> Result<(), String> {
    let kit = kit();
    for step in steps(dir) {
        let program = find(step.tool, &kit);
        eprintln!("{} …", step.name);
        let status = Command::new(&program).args(&step.arguments).status();
        let status = status.map_err(|error| {
            format!(
                "{}: {}: {error}\nIt comes with the WDK: install it, or set WDKContentRoot to where it is ({} was looked at).",
                step.name,
                program.display(),
                kit.display()
            )
        })?;
        if !status.success() {
            return Err(format!(
                "{}: {} {}: {status}",
                step.name,
                program.display(),
                step.arguments.join(" ")
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::{Tool, find, steps};

    #[test]
    fn every_inf_is_checked_and_every_catalog_signed_and_nothing_else() {
        let steps = steps(Path::new("package"));
        let last = |tool| -> Vec<String> {
            let of_it = steps.iter().filter(|step| step.tool == tool);
            of_it
                .map(|step| step.arguments.last().expect("some").replace('\\', "/"))
                .collect()
        };
        assert_eq!(
            last(Tool::InfVerif),
            ["package/softrnic.inf", "package/softrnic_protocol.inf"]
        );
        assert_eq!(
            last(Tool::SignTool),
            ["package/softrnic.cat", "package/softrnic_protocol.cat"]
        );
        let order: Vec<Tool> = steps.iter().map(|step| step.tool).collect();
        let place = |tool| order.iter().position(|it| *it == tool);
        assert!(place(Tool::Inf2Cat) < place(Tool::PowerShell));
        assert!(place(Tool::PowerShell) < place(Tool::SignTool));
    }

    #[test]
    fn a_tool_is_taken_from_the_newest_version_that_has_it() {
        let kit = std::env::temp_dir().join(format!("softrnic-kit.{}", std::process::id()));
        for version in ["10.0.9600.0", "10.0.22621.0", "10.0.26100.0"] {
            fs::create_dir_all(kit.join("bin").join(version).join("x86")).expect("ours");
        }
        for version in ["10.0.9600.0", "10.0.22621.0"] {
            fs::write(kit.join("bin").join(version).join("x86/inf2cat.exe"), "").expect("ours");
        }
        let found = find(Tool::Inf2Cat, &kit);
        let nowhere = find(Tool::SignTool, &kit);
        fs::remove_dir_all(&kit).expect("ours");
        assert_eq!(found, kit.join("bin/10.0.22621.0/x86/inf2cat.exe"));
        assert_eq!(nowhere, Path::new("signtool.exe"));
    }
}

//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use softrnic_emulator::ndis::AdapterOptions;
use softrnic_emulator::zw::Value;

pub(crate) const USAGE: &str = "\
usage: emulate --softrnic IMAGE [IMAGE]... [options]
  --adapter ifindex=12,ip=10.0.0.1/24,KEYWORD=VALUE,...  an adapter of softrnic; several ip= may be given
  --set SERVICE/NAME=VALUE                               a registry value of a driver; numbers are DWORDs
  --limit SECONDS                                        how long the drivers may take to be quiet (60)";

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) softrnic: PathBuf,
    pub(crate) images: Vec<PathBuf>,
    pub(crate) adapters: Vec<AdapterOptions>,
    /// Service, name, value.
    pub(crate) settings: Vec<(String, String, Value)>,
    pub(crate) limit: Duration,
}

impl Arguments {
    pub(crate) fn parse(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut softrnic = None;
        let mut found = Self {
            softrnic: PathBuf::new(),
            images: Vec::new(),
            adapters: Vec::new(),
            settings: Vec::new(),
            limit: Duration::from_secs(60),
        };
        while let Some(argument) = given.next() {
            let mut value = || given.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--softrnic" => softrnic = Some(PathBuf::from(value()?)),
                "--adapter" => found.adapters.push(adapter(&value()?)?),
                "--set" => found.settings.push(setting(&value()?)?),
                "--limit" => found.limit = limit(&value()?)?,
                option if option.starts_with('-') => return Err(format!("{option} is unknown")),
                image => found.images.push(image.into()),
            }
        }
        found.softrnic = softrnic.ok_or("--softrnic is missing")?;
        if found.adapters.is_empty() {
            found.adapters.push(AdapterOptions::default());
        }
        Ok(found)
    }
}

/// `ifindex=12,ip=10.0.0.1/24,KEYWORD=VALUE`.
fn adapter(text: &str) -> Result<AdapterOptions, String> {
    let mut options = AdapterOptions::default();
    for part in text.split(',') {
        let (key, value) = part
            .split_once('=')
            .ok_or(format!("--adapter: {part} is not KEY=VALUE"))?;
        match key {
            "ifindex" => options.if_index = Some(number(value)?),
            "ip" => options.addresses.push(address(value)?),
            keyword => options.keywords.push((keyword.into(), value.into())),
        }
    }
    Ok(options)
}

/// An address, and its prefix or a usual one.
fn address(text: &str) -> Result<(IpAddr, u8), String> {
    let (ip, prefix) = match text.split_once('/') {
        Some((ip, prefix)) => (ip, Some(number(prefix)?)),
        None => (text, None),
    };
    let ip: IpAddr = ip.parse().map_err(|_| format!("{ip} is no IP address"))?;
    let (usual, most) = if ip.is_ipv4() { (24, 32) } else { (64, 128) };
    match u8::try_from(prefix.unwrap_or(usual)) {
        Ok(prefix) if prefix <= most => Ok((ip, prefix)),
        _ => Err(format!("{text}: a prefix has at most {most} bits")),
    }
}

/// `SERVICE/NAME=VALUE`.
fn setting(text: &str) -> Result<(String, String, Value), String> {
    let parts = text
        .split_once('=')
        .and_then(|(name, value)| Some((name.split_once('/')?, value)));
    let ((service, name), value) =
        parts.ok_or(format!("--set: {text} is not SERVICE/NAME=VALUE"))?;
    let value = value
        .parse()
        .map_or_else(|_| Value::String(value.into()), Value::Dword);
    Ok((service.into(), name.into(), value))
}

fn limit(text: &str) -> Result<Duration, String> {
    Ok(Duration::from_secs(number(text)?.into()))
}

fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn images_adapters_and_settings() {
        let line = "--softrnic s.sys one.sys --adapter ifindex=12,ip=10.0.0.1,ip=fd00::1/48,Depth=4 \
                    two.sys --set one/Port=445 --set two/Mode=fast --limit 5";
        let found = parse(line).expect("a good line");
        assert_eq!(found.images, [PathBuf::from("one.sys"), "two.sys".into()]);
        let adapter = &found.adapters[0];
        assert_eq!(adapter.if_index, Some(12));
        let addresses = [
            ("10.0.0.1".parse().expect("good"), 24),
            ("fd00::1".parse().expect("good"), 48),
        ];
        assert_eq!(adapter.addresses, addresses);
        assert_eq!(adapter.keywords.len(), 1);
        assert_eq!(found.settings[0].2, Value::Dword(445));
        assert_eq!(found.settings[1].2, Value::String("fast".into()));
        assert_eq!(found.limit, Duration::from_secs(5));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, why) in [
            ("one.sys", "--softrnic is missing"),
            ("--softrnic s.sys --fast", "--fast is unknown"),
            ("--softrnic s.sys --limit", "--limit needs a value"),
            (
                "--softrnic s.sys --adapter 12",
                "--adapter: 12 is not KEY=VALUE",
            ),
            ("--softrnic s.sys --adapter ip=ten", "ten is no IP address"),
            (
                "--softrnic s.sys --adapter ip=10.0.0.1/33",
                "10.0.0.1/33: a prefix has at most 32 bits",
            ),
        ] {
            assert_eq!(parse(line).expect_err(line), why);
        }
    }
}

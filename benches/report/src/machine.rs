//! Where the figures come from: the machine, the compiler, the peers' versions.

use std::fs;
use std::process::Command;

use serde::Deserialize;

use crate::Result;

/// The peers by the crates that they come as.
const PEERS: [&str; 7] =
    ["casbin", "cedar-policy", "gatehouse", "oso", "regorus", "rusqlite", "libsqlite3-sys"];

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

/// The section of the report, given the peers' lock file.
pub fn section(lock: &str) -> Result<String> {
    let lock: Lock = toml::from_str(lock)?;
    let versions: Vec<_> = lock
        .package
        .iter()
        .filter(|package| PEERS.contains(&package.name.as_str()))
        .map(|package| format!("{} {}", package.name, package.version))
        .collect();
    let cores = std::thread::available_parallelism()?;
    Ok(format!(
        "## Where\n\n\
         | | |\n| --- | --- |\n\
         | date | {} |\n\
         | processor | {}, {cores} cores; one is used |\n\
         | caches | {} |\n\
         | compiler | {} |\n\
         | peers | {} |\n",
        output("date", &["-u", "+%F"])?,
        processor(),
        caches(),
        output("rustc", &["--version"])?,
        versions.join(", "),
    ))
}

fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().into())
}

/// The model, as Linux tells it, and the family and model numbers that tell what a hypervisor hides.
fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let fields = info.lines().filter_map(|line| line.split_once(':'));
        let mut values = fields.filter(|(key, _)| key.trim() == name);
        values.next().map_or("unknown", |(_, value)| value.trim()).to_string()
    };
    let [model, family, number] = ["model name", "cpu family", "model"].map(field);
    let wide = ["avx512f", "avx2"].into_iter().find(|&flag| info.contains(flag));
    format!("{model} (family {family}, model {number}, {})", wide.unwrap_or("no avx2"))
}

/// The first core's caches, as Linux tells them.
fn caches() -> String {
    let caches = (0..).map_while(|index| {
        let read = |name: &str| {
            let path = format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{name}");
            fs::read_to_string(path).map(|text| text.trim().to_string()).ok()
        };
        Some((read("level")?, read("type")?, read("size")?))
    });
    let texts: Vec<_> = caches
        .filter(|(_, kind, _)| kind != "Instruction")
        .map(|(level, _, size)| format!("L{level} {size}"))
        .collect();
    if texts.is_empty() { "unknown".into() } else { texts.join(", ") }
}

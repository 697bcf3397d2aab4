//! How large a file may be: what does not fit into memory is refused before it is read.

use super::fault;
use crate::scenario::FindingCode;
use crate::scenario::inventory::InventoryFault;

/// Bytes that a file may take in memory, unless [`MEMORY`] says otherwise.
const LARGEST: u64 = 2 << 30;

/// The variable of the environment that raises the limit, in GiB.
pub(super) const MEMORY: &str = "CUTOVER_MEMORY_GIB";

/// Bytes that a file may take in memory.
pub(super) fn memory_limit() -> u64 {
    let asked = std::env::var(MEMORY).ok().and_then(|gib| gib.trim().parse::<f64>().ok());
    asked.filter(|gib| *gib > 0.0 && *gib < 1e6).map_or(LARGEST, |gib| (gib * f64::from(1 << 30)) as u64)
}

/// A file beyond [`memory_limit`].
pub(super) fn too_large(name: &str, how: &str) -> InventoryFault {
    let gib = memory_limit() as f64 / f64::from(1 << 30);
    let help = format!(
        "aggregate it (one row for a group of like orgs), or project its parts one at a time; or set {MEMORY}=8 where there is memory for it"
    );
    fault(FindingCode::TooLarge, format!("{name} {how} than {gib} GiB, the most that is read"), help)
}

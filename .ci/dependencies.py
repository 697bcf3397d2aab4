#!/usr/bin/env python3
"""Every crate that the program is built of has a licence that may be passed on; none of the core's asks for a newer Rust than we promise; and the
command and its tests are built of the same crates with the same features, so that one build serves both.

Reads `cargo metadata`. The core is the library without features; the command's own libraries may ask for a newer Rust. A licence is an SPDX expression: of alternatives (OR, or `/` in old crates) one must be allowed, of parts (AND) all.
"""

import json
import re
import subprocess
import sys

# Permissive licences, and those that bind a file or a font and not the program around it (see NOTICE).
ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "bzip2-1.0.6",
}


def is_allowed(expression: str) -> bool:
    """Whether an SPDX expression can be met. Parentheses are taken apart from the innermost on."""
    text = expression.replace("/", " OR ")
    while "(" in text:
        text = re.sub(r"\(([^()]*)\)", lambda m: "MIT" if is_allowed(m.group(1)) else "refused", text)
    return any(all(part.strip() in ALLOWED for part in each.split(" AND ")) for each in text.split(" OR "))


def version(text: str) -> list[int]:
    return ([int(part) for part in text.split(".")] + [0, 0])[:3]


def crates(*features: str) -> tuple[dict, list[dict]]:
    """Our own package, and those that it is built of with these features. What tests alone need is passed on with nothing."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", *features]
    metadata = json.loads(subprocess.check_output(command, stderr=subprocess.DEVNULL))
    root = metadata["resolve"]["root"]
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    reached, following = {root}, [root]
    while following:
        for dependency in nodes[following.pop()]["deps"]:
            kinds = {kind["kind"] for kind in dependency["dep_kinds"]}
            if dependency["pkg"] not in reached and kinds != {"dev"}:
                reached.add(dependency["pkg"])
                following.append(dependency["pkg"])
    packages = [package for package in metadata["packages"] if package["id"] in reached]
    return next(package for package in packages if package["id"] == root), packages


def features(edges: str) -> dict[str, str]:
    """By crate and version: the features that it is built with."""
    command = ["cargo", "tree", "--locked", "--edges", edges, "--prefix", "none", "--format", "{p}|{f}"]
    lines = subprocess.check_output(command, stderr=subprocess.DEVNULL, text=True).splitlines()
    return dict(line.removesuffix(" (*)").split("|", 1) for line in lines if "|" in line)


def main() -> int:
    assert is_allowed("MIT OR GPL-3.0") and is_allowed("(MIT OR GPL-3.0) AND Zlib") and not is_allowed("MIT AND GPL-3.0")
    _, everything = crates()
    ours, core = crates("--no-default-features")
    faults = [
        f"{package['name']} {package['version']}: licence {package['license'] or package['license_file']}"
        for package in everything
        if package["license"] is None or not is_allowed(package["license"])
    ]
    faults += [
        f"{package['name']} {package['version']}: asks for Rust {package['rust_version']}, and Cargo.toml promises {ours['rust_version']}"
        for package in core
        if package["rust_version"] and version(package["rust_version"]) > version(ours["rust_version"])
    ]
    tested = features("normal,build,dev")
    faults += [
        f"{name}: built with `{built}` for the command and with `{tested.get(name)}` for its tests; ask for the same in Cargo.toml"
        for name, built in features("normal,build").items()
        if tested.get(name) != built
    ]
    print(f"{len(everything)} crates, {len(core)} of them in the core; {len(faults)} faults")
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

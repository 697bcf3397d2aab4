"""Holds scenarios against the JSON Schema, with the validator of the Python package `jsonschema`.

Reads from standard input a JSON object: `schema`, and `good` and `bad`, lists of TOML files that must and must not be valid.
Prints what is wrong, a line each, and exits with 1; exits with 77 where a package is missing.
"""

import datetime
import json
import sys

try:
    import tomllib

    from jsonschema import Draft202012Validator
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


def plain(value):
    """TOML's dates and times as the text that editors take them for."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return value


def faults_of(validator, path):
    with open(path, "rb") as file:
        text = file.read().decode("utf-8-sig")
    try:
        return [f"{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in validator.iter_errors(plain(tomllib.loads(text)))]
    except tomllib.TOMLDecodeError as error:
        return [f"no TOML: {error}"]


def examples(schema, root):
    """Every default and example in the schema, with the schema that it must satisfy."""
    if isinstance(schema, list):
        for inner in schema:
            yield from examples(inner, root)
    if isinstance(schema, dict):
        values = schema.get("examples", []) if isinstance(schema.get("examples"), list) else []
        if "default" in schema and "description" in schema:
            values = values + [schema["default"]]
        for value in values:
            yield value, {**schema, "$defs": root["$defs"]}
        for inner in schema.values():
            yield from examples(inner, root)


def main():
    task = json.load(sys.stdin)
    schema, wrong = task["schema"], []
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for path in task["good"]:
        wrong += [f"{path} must be valid: {fault}" for fault in faults_of(validator, path)]
    wrong += [f"{path} must not be valid" for path in task["bad"] if not faults_of(validator, path)]
    shown = 0
    for value, part in examples(schema, schema):
        shown += 1
        wrong += [f"example {value!r}: {e.message[:200]}" for e in Draft202012Validator(part).iter_errors(value)]
    print("\n".join(wrong) or f"{len(task['good'])} valid, {len(task['bad'])} not, {shown} examples")
    sys.exit(1 if wrong else 0)


main()

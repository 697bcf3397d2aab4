//! Bytes become text: UTF-8 with or without its mark, and UTF-16 of either order with or without one.

/// Text, and where the bytes were none.
pub(super) struct Decoded {
    /// What is no character is U+FFFD.
    pub text: String,
    /// The line and the byte in that line, both from 1 on, of the first byte that is no character.
    pub damage: Option<(usize, usize)>,
}

/// How many bytes tell UTF-16 without a mark.
const SAMPLE: usize = 4096;

/// Reads bytes as text.
pub(super) fn decode(bytes: Vec<u8>) -> Decoded {
    match bytes {
        bytes if bytes.starts_with(&[0xff, 0xfe]) => utf16(&bytes[2..], u16::from_le_bytes),
        bytes if bytes.starts_with(&[0xfe, 0xff]) => utf16(&bytes[2..], u16::from_be_bytes),
        bytes => match order_without_mark(&bytes) {
            Some(order) => utf16(&bytes, order),
            None => utf8(bytes),
        },
    }
}

/// In UTF-16 nearly every other byte of a table is 0: its separators, digits and line ends are ASCII.
fn order_without_mark(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    let sample = &bytes[..bytes.len().min(SAMPLE) & !1];
    let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), sample.len() / 2);
    match () {
        () if half >= 2 && odd * 2 > half && even * 10 < half => Some(u16::from_le_bytes),
        () if half >= 2 && even * 2 > half && odd * 10 < half => Some(u16::from_be_bytes),
        () => None,
    }
}

fn utf16(bytes: &[u8], order: fn([u8; 2]) -> u16) -> Decoded {
    let units = bytes.chunks(2).map(|pair| match pair {
        [a, b] => order([*a, *b]),
        // Half a unit at the end: no character.
        _ => 0xd800,
    });
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut damage = None;
    for c in char::decode_utf16(units) {
        text.push(c.unwrap_or_else(|_| {
            damage.get_or_insert_with(|| place_of(text.as_bytes()));
            char::REPLACEMENT_CHARACTER
        }));
    }
    Decoded { text, damage }
}

fn utf8(mut bytes: Vec<u8>) -> Decoded {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Decoded { text, damage: None },
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let damage = Some(place_of(&error.as_bytes()[..good]));
            Decoded { text: String::from_utf8_lossy(error.as_bytes()).into_owned(), damage }
        }
    }
}

/// The line, and the byte in it, that follow `before`.
fn place_of(before: &[u8]) -> (usize, usize) {
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let begin = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    (line, before.len() - begin + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "org_id,last_refresh_at\nÅ1,2026-04-20T12:05:00Z\n";

    #[test]
    fn utf_16_is_read_with_and_without_a_mark() {
        let le = |mark: bool| -> Vec<u8> {
            let mark = if mark { "\u{feff}" } else { "" };
            format!("{mark}{TEXT}").encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        let be = |mark: bool| -> Vec<u8> {
            let mark = if mark { "\u{feff}" } else { "" };
            format!("{mark}{TEXT}").encode_utf16().flat_map(u16::to_be_bytes).collect()
        };
        for bytes in [le(true), le(false), be(true), be(false), TEXT.into(), format!("\u{feff}{TEXT}").into()] {
            let decoded = decode(bytes);
            assert_eq!((decoded.text.as_str(), decoded.damage), (TEXT, None));
        }
    }

    #[test]
    fn the_place_of_a_bad_byte_is_its_line_and_the_byte_in_that_line() {
        assert_eq!(decode(b"org_id\nab\xffc\n".to_vec()).damage, Some((2, 3)));
        assert_eq!(decode(b"\xff".to_vec()).damage, Some((1, 1)));
        let mut odd: Vec<u8> = "a\nb".encode_utf16().flat_map(u16::to_le_bytes).collect();
        odd.push(7);
        assert_eq!(decode(odd).text, "a\nb\u{fffd}");
    }
}

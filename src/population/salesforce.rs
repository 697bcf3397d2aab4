//! Ids of Salesforce: the same org is shown with 15 characters, whose case counts, or with 18, of which the last three say that case.

/// Characters of a Salesforce id as the interface shows it: their case counts.
const SHORT: usize = 15;

/// The same with three more, which say what case the others have.
const LONG: usize = 18;

/// What tells orgs apart: the id, without the ending of a Salesforce id of 18 characters.
pub(crate) fn key(id: &str) -> &str {
    if id.len() == LONG
        && id.bytes().all(|b| b.is_ascii_alphanumeric())
        && suffix(&id.as_bytes()[..SHORT]) == id.as_bytes()[SHORT..]
    {
        &id[..SHORT]
    } else {
        id
    }
}

/// The last three characters of a Salesforce id of 18: of each five characters before, which ones are capitals, as a number in base 32.
fn suffix(id: &[u8]) -> [u8; LONG - SHORT] {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    let digit = |chunk: usize| {
        let capitals = (0..5).filter(|i| id[chunk * 5 + i].is_ascii_uppercase()).map(|i| 1_usize << i).sum::<usize>();
        DIGITS[capitals]
    };
    [digit(0), digit(1), digit(2)]
}

//! Where the marked places of one part of a document are: byte ranges of its XML. It knows nothing of plans.

use roxmltree::{Document, Node};
use std::ops::Range;

/// The namespace of the text of a document.
const WORDS: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// How a place within text begins and ends.
const BEGIN: &str = "{{cutover";
const END: &str = "}}";

/// A piece of text: a `w:t`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DocxText {
    /// The whole element in the XML.
    pub range: Range<usize>,
    /// The element's name as the XML writes it.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// A paragraph with places in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MarkedParagraph {
    /// The whole element in the XML.
    pub range: Range<usize>,
    /// Its properties as the XML writes them; empty where it has none.
    pub properties: String,
    /// Its pieces of text, in order.
    pub pieces: Vec<DocxText>,
    /// Its places, in order: from where to where in the joined text, and the words of the marker.
    pub marks: Vec<(Range<usize>, String)>,
    /// Whether its text is one place alone.
    pub is_alone: bool,
}

/// A content control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MarkedControl {
    /// The words of the marker.
    pub words: String,
    /// What its content element holds in the XML.
    pub inner: Range<usize>,
    /// Whether it holds whole paragraphs, and not a part of one.
    pub is_block: bool,
    /// The pieces of text in it, in order.
    pub pieces: Vec<DocxText>,
    /// What says that its text is a placeholder, which it no longer is.
    pub placeholder: Option<Range<usize>>,
}

/// A marked place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Paragraph(MarkedParagraph),
    Control(MarkedControl),
}

/// The places of a part, in the order of its XML.
///
/// # Errors
/// Says why it is no XML.
pub(super) fn places(xml: &str) -> Result<Vec<Place>, String> {
    let document = Document::parse(xml).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for node in document.descendants() {
        if is(node, "sdt") {
            found.extend(control(xml, node).map(Place::Control));
        } else if is(node, "p") && !node.ancestors().any(|above| is(above, "sdt") && words_of(above).is_some()) {
            found.extend(paragraph(xml, node).map(Place::Paragraph));
        }
    }
    Ok(found)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name && node.tag_name().namespace() == Some(WORDS)
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| is(*child, name))
}

/// The pieces of text of a node, without those of paragraphs within another paragraph, as text boxes have them.
fn pieces(xml: &str, node: Node<'_, '_>) -> Vec<DocxText> {
    let own = node.ancestors().find(|above| is(*above, "p"));
    let nearest = |piece: Node<'_, '_>| piece.ancestors().find(|above| is(*above, "p")).map(|p| p.id());
    let texts = node.descendants().filter(|piece| is(*piece, "t"));
    let of_own = texts.filter(|piece| own.is_none_or(|own| nearest(*piece) == Some(own.id())));
    of_own
        .map(|piece| {
            let range = piece.range();
            let name: String =
                xml[range.start + 1..].chars().take_while(|c| !c.is_whitespace() && !matches!(c, '>' | '/')).collect();
            DocxText { range, name, text: piece.text().unwrap_or_default().to_owned() }
        })
        .collect()
}

fn paragraph(xml: &str, node: Node<'_, '_>) -> Option<MarkedParagraph> {
    let pieces = pieces(xml, node);
    let joined: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(begin) = joined[at..].find(BEGIN).map(|i| at + i) {
        let Some(end) = joined[begin..].find(END).map(|i| begin + i + END.len()) else { break };
        marks.push((begin..end, plain(&joined[begin + BEGIN.len()..end - END.len()])));
        at = end;
    }
    let (first, _) = marks.first()?;
    let is_alone = marks.len() == 1 && joined.trim() == &joined[first.clone()];
    let properties = child(node, "pPr").map_or_else(String::new, |properties| xml[properties.range()].to_owned());
    Some(MarkedParagraph { range: node.range(), properties, pieces, marks, is_alone })
}

/// The words of a control's marker; `None` of any other control.
fn words_of(node: Node<'_, '_>) -> Option<String> {
    let properties = child(node, "sdtPr")?;
    let said = |name: &str| child(properties, name).and_then(|of| of.attribute((WORDS, "val")));
    let words = [said("tag"), said("alias")].into_iter().flatten().find_map(|said| said.trim().strip_prefix("cutover"));
    words.filter(|words| words.starts_with([' ', ':'])).map(|words| plain(words.trim_start_matches(':')))
}

fn control(xml: &str, node: Node<'_, '_>) -> Option<MarkedControl> {
    let words = words_of(node)?;
    let content = child(node, "sdtContent")?;
    let (first, last) = (content.first_child()?, content.last_child()?);
    let placeholder = child(node, "sdtPr").and_then(|properties| child(properties, "showingPlcHdr"));
    Some(MarkedControl {
        words,
        inner: first.range().start..last.range().end,
        is_block: content.children().any(|child| is(child, "p") || is(child, "tbl")),
        pieces: all_pieces(xml, content),
        placeholder: placeholder.map(|node| node.range()),
    })
}

fn all_pieces(xml: &str, node: Node<'_, '_>) -> Vec<DocxText> {
    let paragraphs: Vec<Node<'_, '_>> = node.descendants().filter(|p| is(*p, "p")).collect();
    if paragraphs.is_empty() {
        let own = node.descendants().filter(|run| is(*run, "r"));
        return own.flat_map(|run| pieces(xml, run)).collect();
    }
    paragraphs.into_iter().flat_map(|p| pieces(xml, p)).collect()
}

/// With the quotes that a keyboard has: Word makes others of them.
fn plain(words: &str) -> String {
    words
        .replace(['\u{201c}', '\u{201d}', '\u{201e}'], "\"")
        .replace(['\u{2018}', '\u{2019}'], "'")
        .replace('\u{a0}', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>";
    const FOOT: &str = "</w:body></w:document>";

    fn of(body: &str) -> Vec<Place> {
        places(&format!("{HEAD}{body}{FOOT}")).expect("XML")
    }

    #[test]
    fn a_place_may_be_cut_into_runs_and_have_other_quotes() {
        let found = of(
            "<w:p><w:pPr><w:jc w:val=\"left\"/></w:pPr><w:r><w:t>About {{cut</w:t></w:r><w:r><w:t>over plan.toml set=\u{201c}runs=5\u{201d} show=orgs}} \
             &amp; more</w:t></w:r></w:p>",
        );
        let [Place::Paragraph(paragraph)] = &found[..] else { panic!("{found:?}") };
        assert_eq!(paragraph.marks.len(), 1);
        assert_eq!(paragraph.marks[0].1, " plan.toml set=\"runs=5\" show=orgs");
        assert_eq!((paragraph.pieces.len(), paragraph.pieces[1].text.ends_with("& more")), (2, true));
        assert!(!paragraph.is_alone && paragraph.properties.starts_with("<w:pPr>"));
        assert!(of("<w:p><w:r><w:t>no {{place}} here, {{cutover without an end</w:t></w:r></w:p>").is_empty());
    }

    #[test]
    fn a_content_control_is_a_place_by_its_tag() {
        let found = of(
            "<w:sdt><w:sdtPr><w:tag w:val=\"cutover plan.toml show=orgs\"/><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>click</w:t></w:r></w:p>\
             </w:sdtContent></w:sdt><w:sdt><w:sdtPr><w:tag w:val=\"author\"/></w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>",
        );
        let [Place::Control(control)] = &found[..] else { panic!("{found:?}") };
        assert!(control.is_block && control.placeholder.is_some());
        assert_eq!((control.words.as_str(), control.pieces[0].text.as_str()), (" plan.toml show=orgs", "click"));
    }
}

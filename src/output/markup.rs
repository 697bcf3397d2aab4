//! User text within markup: nothing in it is markup, whatever it holds.

/// Within a line of Markdown: nothing in it is markup, a table cell or a new line.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '$' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Within HTML, also in an attribute.
#[cfg(feature = "charts")]
pub(super) fn escape_html(text: &str) -> String {
    minijinja::HtmlEscape(text).to_string()
}

//! The colours of every chart, in one place, so that another theme is another constant. It draws nothing.

/// A colour with its opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    /// Red, green, blue.
    pub rgb: (u8, u8, u8),
    /// Opacity, 0-1.
    pub alpha: f64,
}

impl Ink {
    /// An opaque colour from `0xRRGGBB`.
    pub const fn hex(code: u32) -> Self {
        Self { rgb: ((code >> 16) as u8, (code >> 8) as u8, code as u8), alpha: 1.0 }
    }

    /// The same colour, let through.
    pub const fn faded(self, alpha: f64) -> Self {
        Self { rgb: self.rgb, alpha }
    }

    /// The colour `share` of the way to `other`.
    pub fn towards(self, other: Self, share: f64) -> Self {
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
        let ((r, g, b), (s, t, u)) = (self.rgb, other.rgb);
        Self { rgb: (mix(r, s), mix(g, t), mix(b, u)), alpha: self.alpha }
    }

    /// Relative luminance after WCAG 2.2.
    pub fn luminance(self) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.rgb.0) + 0.7152 * linear(self.rgb.1) + 0.0722 * linear(self.rgb.2)
    }

    /// Contrast ratio of two opaque colours after WCAG 2.2, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

/// All colours that charts use.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Behind everything.
    pub paper: Ink,
    /// Titles, events.
    pub ink: Ink,
    /// Subtitles, tick labels, milestones.
    pub muted: Ink,
    /// Grid lines.
    pub grid: Ink,
    /// Axis lines.
    pub axis: Ink,
    /// The reconnect window, as a shade behind data.
    pub window: Ink,
    /// The reconnect window, as a bar and as text.
    pub window_ink: Ink,
    /// The span in which connections keep failing.
    pub span: Ink,
    /// The deadline and the tolerance, nothing else.
    pub warning: Ink,
    /// Rates of reconnecting, from the lowest to the highest: apart in hue for colour-blind readers, and ever nearer to the paper.
    pub rates: [Ink; 5],
}

/// Least contrast of text against the paper (WCAG 2.2, level AA).
const READABLE: f64 = 4.5;

impl Theme {
    /// Dark ink on white paper.
    pub const LIGHT: Self = Self {
        paper: Ink::hex(0xFF_FFFF),
        ink: Ink::hex(0x1B_2631),
        muted: Ink::hex(0x5A_6978),
        grid: Ink::hex(0xE4_E8EC),
        axis: Ink::hex(0x93_A0AD),
        window: Ink::hex(0xEE_F2F8),
        window_ink: Ink::hex(0x1C_6466),
        span: Ink::hex(0xCF_DFEA),
        warning: Ink::hex(0xB3_1B26),
        rates: [
            Ink::hex(0x10_2F57),
            Ink::hex(0x1C_6190),
            Ink::hex(0x25_8A8A),
            Ink::hex(0x5D_A048),
            Ink::hex(0xC5_8F1C),
        ],
    };

    /// Light ink on dark paper: the same hues, from the lightest to the darkest.
    pub const DARK: Self = Self {
        paper: Ink::hex(0x14_181D),
        ink: Ink::hex(0xE8_EDF2),
        muted: Ink::hex(0xA6_B2BE),
        grid: Ink::hex(0x2A_323A),
        axis: Ink::hex(0x6B_7783),
        window: Ink::hex(0x1D_2731),
        window_ink: Ink::hex(0x76_C7C3),
        span: Ink::hex(0x2B_4155),
        warning: Ink::hex(0xFF_7B72),
        rates: [
            Ink::hex(0xC3_DAF7),
            Ink::hex(0x7D_B9E6),
            Ink::hex(0x4F_B3AC),
            Ink::hex(0x74_A84E),
            Ink::hex(0xB8_821C),
        ],
    };

    /// A colour for each of `count` rates, lowest first.
    pub fn rate_inks(&self, count: usize) -> Vec<Ink> {
        let last = (self.rates.len() - 1) as f64;
        (0..count)
            .map(|i| {
                let at = if count < 2 { 0.0 } else { i as f64 / (count - 1) as f64 * last };
                let low = (at.floor() as usize).min(self.rates.len() - 2);
                self.rates[low].towards(self.rates[low + 1], at - low as f64)
            })
            .collect()
    }

    /// The colour, moved towards the ink until text in it can be read on the paper.
    pub fn readable(&self, ink: Ink) -> Ink {
        let steps = (0..=20).map(|i| ink.towards(self.ink, f64::from(i) / 20.0));
        steps.into_iter().find(|c| c.contrast(self.paper) >= READABLE).unwrap_or(self.ink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_colour_can_be_read_on_the_paper() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            every_text_can_be_read_in(&theme);
        }
    }

    fn every_text_can_be_read_in(theme: &Theme) {
        for ink in [theme.ink, theme.muted, theme.warning, theme.window_ink] {
            assert!(ink.contrast(theme.paper) >= READABLE, "{ink:?}");
        }
        for count in 1..=8 {
            for ink in theme.rate_inks(count) {
                assert!(theme.readable(ink).contrast(theme.paper) >= READABLE);
            }
        }
    }

    #[test]
    fn rates_come_nearer_to_the_paper_so_that_grey_print_keeps_their_order() {
        for count in 2..=8 {
            let shades = |theme: Theme| theme.rate_inks(count).iter().map(|i| i.luminance()).collect::<Vec<f64>>();
            let (light, dark) = (shades(Theme::LIGHT), shades(Theme::DARK));
            assert!(light.windows(2).all(|w| w[1] > w[0]), "{light:?}");
            assert!(dark.windows(2).all(|w| w[1] < w[0]), "{dark:?}");
        }
    }
}

//! How a scenario calls the laws.

/// The laws: how they are called, and what they say.
pub(crate) static LAWS: [(&str, &str); 12] = [
    ("uniform", "anything between the two, all alike"),
    ("log_uniform", "anything between the two, each doubling alike: short ones are as common as long ones"),
    ("triangular", "between the first and the last, most likely the second"),
    ("pert", "the same, smoother, and closer to the most likely"),
    ("normal", "around a mean, cut to the values that make sense"),
    ("lognormal", "half below the median, with a long tail above; sigma is the sd of its logarithm"),
    ("exponential", "without memory: as likely to end in the next hour as in any other"),
    ("weibull", "the same with memory: a shape below 1 ends early or late, one above 1 around the scale"),
    ("beta", "a share between 0 and 1"),
    ("empirical", "one of these values, all alike; or of a CSV file's column `value`, or its only one"),
    ("one_of", "it is not known which of these holds; `weights = [3, 1]` beside it says how likely each is"),
    ("base_rate", "what comparable campaigns reached: `cutover base-rates` lists them"),
];

/// The names of [`LAWS`].
pub(crate) fn law_names() -> Vec<&'static str> {
    LAWS.iter().map(|law| law.0).collect()
}

/// Whether a law is called so.
pub(crate) fn is_law(name: &str) -> bool {
    LAWS.iter().any(|law| law.0 == name)
}

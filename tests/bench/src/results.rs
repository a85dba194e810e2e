//! Everything one run found: what the JSON holds and the document is made of.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    machine::Network,
    profile::Profile,
    rounds::{Missing, Row},
    targets::{self, Verdict},
};

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The day, as `2026-11-22`.
    pub date: String,
    /// Processor, processors, kernel.
    pub machine: String,
    /// Where the messages went.
    pub network: Network,
    /// SHA-256 of the image measured.
    pub image_sha256: String,
    /// What the verifier checked meanwhile.
    pub verifier: String,
    /// The options of the command.
    pub command: String,
    /// Rounds.
    pub rounds: usize,
    /// Seconds for each contender at each point in each round.
    pub seconds: f64,
    /// Peers that could not be had, and why.
    pub missing: Vec<Missing>,
    /// The points.
    pub rows: Vec<Row>,
    /// Where instructions go.
    pub profile: Profile,
}

impl Results {
    /// One object with every figure, every ratio and every verdict.
    ///
    /// # Errors
    ///
    /// When a figure has no JSON.
    pub fn json(&self) -> Result<Value, String> {
        let mut object = serde_json::to_value(self).map_err(|error| error.to_string())?;
        let verdicts = targets::judge(&self.rows);
        object["verdicts"] = verdicts.iter().map(verdict).collect();
        let medians = self.rows.iter().map(medians);
        object["medians"] = Value::Object(medians.collect());
        Ok(object)
    }

    /// What such an object says.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn from_json(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

fn verdict(one: &Verdict) -> Value {
    json!({
        "row": one.row,
        "point": one.point,
        "ours": one.ours,
        "against": one.against,
        "target": one.at,
        "at_most": one.at_most,
        "ratio": one.ratio.median,
        "least": one.ratio.least,
        "most": one.ratio.most,
        "met": one.met(),
    })
}

/// By point and contender.
fn medians(row: &Row) -> (String, Value) {
    let of = |name: &String| (name.clone(), json!(row.median(name)));
    let names = row.series.iter().map(|one| &one.contender);
    let mut all: serde_json::Map<String, Value> = names.map(of).collect();
    all.insert("unit".to_owned(), json!(row.point.unit.symbol()));
    (row.point.name.clone(), Value::Object(all))
}

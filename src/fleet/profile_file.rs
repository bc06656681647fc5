//! The fleet over time as a table: CSV and Parquet with the same columns.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::figures::megawatts;
use super::houses::properties;
use super::plan::Plan;
use super::profile::Profile;
use crate::study::results::{ResultsError, doubles, integers};

/// Names, values, and digits behind the point in CSV.
type Columns = Vec<(String, Vec<f64>, usize)>;

fn of_case(plan: &Plan, profile: &Profile, prefix: &str, columns: &mut Columns) {
    let p = profile;
    let mut add = |name: &str, values: Vec<f64>, decimals: usize| {
        columns.push((format!("{prefix}{name}"), values, decimals));
    };
    add("electricity_mw", megawatts(plan, &p.electricity_w), 6);
    add("electricity_mean_w", p.electricity_w.clone(), 1);
    for (name, values) in ["p5", "p50", "p95"].iter().zip(&p.electricity_quantiles_w) {
        add(&format!("electricity_{name}_w"), values.clone(), 1);
    }
    add("heat_mw", megawatts(plan, &p.heat_w), 6);
    add("heat_mean_w", p.heat_w.clone(), 1);
    for (name, values) in ["p5", "p50", "p95"].iter().zip(&p.heat_quantiles_w) {
        add(&format!("heat_{name}_w"), values.clone(), 1);
    }
    add("pv_mw", megawatts(plan, &p.pv_w), 6);
    add("grid_mw", megawatts(plan, &p.grid_w), 6);
}

fn columns(plan: &Plan, fleet: &Profile, reference: Option<&Profile>) -> Columns {
    let mut columns = vec![("outdoor_mean_c".to_owned(), fleet.outdoor_c.clone(), 3)];
    of_case(plan, fleet, "", &mut columns);
    if let Some(reference) = reference {
        of_case(plan, reference, "reference_", &mut columns);
        let difference = fleet.electricity_w.iter().zip(&reference.electricity_w);
        let difference: Vec<f64> = difference.map(|(a, b)| a - b).collect();
        let mw = megawatts(plan, &difference);
        columns.push(("difference_mw".to_owned(), mw, 6));
    }
    columns
}

/// As CSV; times are those of the intervals' starts, UTC.
///
/// # Errors
/// See [`ResultsError`].
pub(super) fn csv(
    plan: &Plan,
    fleet: &Profile,
    reference: Option<&Profile>,
    out: &mut dyn Write,
) -> Result<(), ResultsError> {
    let columns = columns(plan, fleet, reference);
    let mut csv = csv::Writer::from_writer(out);
    let names = columns.iter().map(|(name, _, _)| name.as_str());
    csv.write_record(std::iter::once("time").chain(names))?;
    for i in 0..fleet.electricity_w.len() {
        let time = crate::metrics::rfc3339(fleet.at_s(i));
        let values = columns
            .iter()
            .map(|(_, values, decimals)| format!("{:.*}", decimals, values[i]));
        csv.write_record(std::iter::once(time).chain(values))?;
    }
    csv.flush()?;
    Ok(())
}

/// As Parquet.
///
/// # Errors
/// See [`ResultsError`].
pub(super) fn parquet<W: Write + Send>(
    plan: &Plan,
    fleet: &Profile,
    reference: Option<&Profile>,
    out: W,
) -> Result<W, ResultsError> {
    let columns = columns(plan, fleet, reference);
    let field = |name: &str, physical, logical| {
        Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    };
    let time = LogicalType::timestamp(true, TimeUnit::MILLIS);
    let mut fields = vec![field("time", Physical::INT64, Some(time))?];
    for (name, _, _) in &columns {
        fields.push(field(name, Physical::DOUBLE, None)?);
    }
    let schema = Type::group_type_builder("heatloop_fleet_profile")
        .with_fields(fields)
        .build()?;
    let described = serde_json::json!({
        "represents": plan.fleet.represents,
        "houses": fleet.houses,
        "time_zone": plan.timezone.iana_name(),
    });
    let mut file = SerializedFileWriter::new(out, Arc::new(schema), properties(&described))?;
    let mut group = file.next_row_group()?;
    let times = (0..fleet.electricity_w.len()).map(|i| fleet.at_s(i) * 1000);
    integers(&mut group, times.collect())?;
    for (_, values, _) in &columns {
        doubles(&mut group, values, None)?;
    }
    group.close()?;
    Ok(file.into_inner()?)
}

use heatloop::{batch, sim};
use std::time::Instant;
fn main() {
    let mut args = std::env::args().skip(1);
    let n: usize = args.next().unwrap().parse().unwrap();
    for file in args {
        let text = std::fs::read_to_string(&file).unwrap();
        let _ = text;
        let read = heatloop::scenario::load(std::path::Path::new(&file));
        let scenario = match read { Ok(s) => s, Err(_) => { println!("{file}: faults"); continue } };
        let one = vec![scenario.clone()];
        let t = Instant::now();
        let full = batch::evaluate(&one, sim::Options::default(), &sim::Silent);
        let t_full = t.elapsed();
        let many = vec![scenario.clone(); n];
        let t = Instant::now();
        let quick = batch::evaluate_watched(&many, sim::Options::default(), batch::Detail::Screening, &batch::Nobody, &sim::Silent);
        let t_quick = t.elapsed();
        println!("{file}: full {t_full:?}, {n} screened {t_quick:?}");
        let (Ok(f), q) = (&full[0], &quick[0]) else { println!("full fails"); continue };
        let q = match q { Ok(q) => q, Err(e) => { println!("  {e}"); continue } };
        let pairs = [
            ("hvac_kwh", f.total.energy.hvac_kwh, q.total.energy.hvac_kwh),
            ("heat_space", f.total.energy.heat_space_kwh, q.total.energy.heat_space_kwh),
            ("heat_tank", f.total.energy.heat_tank_kwh, q.total.energy.heat_tank_kwh),
            ("comp_space", f.total.energy.compressor_space_kwh, q.total.energy.compressor_space_kwh),
            ("comp_tank", f.total.energy.compressor_tank_kwh, q.total.energy.compressor_tank_kwh),
            ("backup_space", f.total.energy.backup_space_kwh, q.total.energy.backup_space_kwh),
            ("backup_tank", f.total.energy.backup_tank_kwh, q.total.energy.backup_tank_kwh),
            ("element", f.total.energy.element_kwh, q.total.energy.element_kwh),
            ("aux", f.total.energy.auxiliary_kwh, q.total.energy.auxiliary_kwh),
            ("standby", f.total.energy.standby_kwh, q.total.energy.standby_kwh),
            ("starts", f.total.running.starts, q.total.running.starts),
            ("run_h", f.total.running.run_h, q.total.running.run_h),
            ("below_kh", f.total.comfort.below_kh, q.total.comfort.below_kh),
            ("above_kh", f.total.comfort.above_kh, q.total.comfort.above_kh),
            ("mean_c", f.total.comfort.mean_c, q.total.comfort.mean_c),
            ("drawn", f.total.hot_water.drawn_kwh, q.total.hot_water.drawn_kwh),
            ("missing", f.total.hot_water.missing_kwh, q.total.hot_water.missing_kwh),
            ("eur", f.total.cost.total_eur, q.total.cost.total_eur),
            ("spf", f.total.performance.spf_h4, q.total.performance.spf_h4),
            ("peak", f.total.grid.peak_hvac_kw, q.total.grid.peak_hvac_kw),
            ("disinf", f.total.hot_water.disinfections_reached, q.total.hot_water.disinfections_reached),
        ];
        for (name, f, q) in pairs {
            let (f, q) = (f.value().unwrap_or(f64::NAN), q.value().unwrap_or(f64::NAN));
            println!("  {name:14} {f:10.2} {q:10.2} {:+7.2} %", 100.0 * (q / f - 1.0));
        }
    }
}

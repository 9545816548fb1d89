//! Prints the figures of a database.

use crate::clock::{median, worst};
use crate::format::{RATIO, TIME};
use crate::measure::{Figure, Measured};
use crate::way::Way;

/// The characters of the longest line of a plan that is printed.
const LINE: usize = 160;
/// The lines of the longest plan that is printed.
const LINES: usize = 25;

/// Prints the times, the ratios, the targets, and the plans where a target is missed.
pub fn print(measured: &Measured) {
    println!("\n## {}\n", measured.title);
    println!("| user | way | page | total | page and total | worst |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for figure in &measured.figures {
        let both = figure.both();
        println!(
            "| {} | {} | {} | {} | {} | {} |",
            figure.user,
            figure.way.name(),
            TIME(median(&figure.page), 2),
            TIME(median(&figure.total), 2),
            TIME(median(&both), 2),
            TIME(worst(&both), 2),
        );
    }
    print_ratios(measured);
    for figure in measured.figures.iter().filter(|figure| !figure.plans.is_empty()) {
        print_plans(figure);
    }
}

fn print_ratios(measured: &Measured) {
    println!("\n| user | way | beside | ratio | target | |\n| --- | --- | --- | --- | --- | --- |");
    for figure in &measured.figures {
        let peer = figure.way.peer();
        // Hash-consed lists are also compared with the other way of Appwrite.
        let other = (figure.way == Way::Acl).then_some(Way::AppwriteJsonb);
        for peer in [peer, other].into_iter().flatten() {
            let Some(ratio) = measured.ratio(figure, peer) else { continue };
            let target = measured.target(figure).filter(|_| figure.way.peer() == Some(peer));
            let (target, result) = match target {
                Some((_, target)) if ratio >= target => (RATIO(target, 2), "met"),
                Some((_, target)) => (RATIO(target, 2), "missed"),
                None => (String::new(), ""),
            };
            println!(
                "| {} | {} | {} | {} | {target} | {result} |",
                figure.user,
                figure.way.name(),
                peer.name(),
                RATIO(ratio, 2),
            );
        }
    }
}

fn print_plans(figure: &Figure) {
    for (plan, kind) in figure.plans.iter().zip(["page", "total"]) {
        println!("\n{}, {}, {kind}:\n\n```text", figure.user, figure.way.name());
        for line in plan.iter().take(LINES) {
            println!("{}", line.chars().take(LINE).collect::<String>().trim_end());
        }
        println!("```");
    }
}

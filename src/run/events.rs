//! What cases report while they run. Cases run on several threads; one thread hands their reports
//! to the sink.

use std::sync::mpsc::Sender;

use crate::outcome::{CaseOutcome, Event, Item, Sink};
use crate::scenario::Scenario;
use crate::wire::Exchange;

/// One report of a case.
pub(super) enum Report {
    Started {
        case: String,
        operation: String,
    },
    Exchange {
        case: String,
        operation: String,
        exchange: Box<Exchange>,
    },
    Created {
        case: String,
        item: Item,
    },
    Removed {
        case: String,
        item: Item,
    },
    /// The number of the case, and what came of it.
    Ended(usize, Box<CaseOutcome>),
}

/// Where the cases of a run send their reports.
#[derive(Debug, Clone)]
pub(super) struct Reporter {
    reports: Sender<Report>,
    wants_exchanges: bool,
}

impl Reporter {
    /// Sends reports to the thread that listens to this sink.
    pub(super) fn new(reports: Sender<Report>, wants_exchanges: bool) -> Self {
        Self {
            reports,
            wants_exchanges,
        }
    }

    /// Sends a report. The listener outlives all cases.
    pub(super) fn send(&self, report: Report) {
        let _ = self.reports.send(report);
    }

    /// Reports that a case starts.
    pub(super) fn started(&self, scenario: &Scenario) {
        self.send(Report::Started {
            case: scenario.name.clone(),
            operation: scenario.operation.clone(),
        });
    }

    /// Reports an exchange, if the sink wants to know: that costs a copy of the bodies.
    pub(super) fn exchange(&self, case: &str, operation: &str, exchange: &Exchange) {
        if self.wants_exchanges {
            self.send(Report::Exchange {
                case: case.to_owned(),
                operation: operation.to_owned(),
                exchange: Box::new(exchange.clone()),
            });
        }
    }

    /// Reports that a case has created an item.
    pub(super) fn created(&self, case: &str, item: &Item) {
        self.send(Report::Created {
            case: case.to_owned(),
            item: item.clone(),
        });
    }

    /// Reports that an item of a case is gone.
    pub(super) fn removed(&self, case: &str, item: &Item) {
        self.send(Report::Removed {
            case: case.to_owned(),
            item: item.clone(),
        });
    }
}

impl Report {
    /// Hands the report to a sink.
    pub(super) fn deliver(&self, sink: &mut dyn Sink) {
        sink.take(match self {
            Self::Started { case, operation } => Event::CaseStarted { case, operation },
            Self::Exchange {
                case,
                operation,
                exchange,
            } => Event::Exchange {
                case,
                operation,
                exchange,
            },
            Self::Created { case, item } => Event::Created { case, item },
            Self::Removed { case, item } => Event::Removed { case, item },
            Self::Ended(_, outcome) => Event::CaseEnded(outcome),
        });
    }
}

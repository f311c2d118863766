// SPDX-License-Identifier: Apache-2.0

//! One JSON object per line, with the field names that the gateway uses.

use std::{
    fmt::Write as _,
    io::Write,
    sync::{Mutex, PoisonError},
    time::{Instant, SystemTime},
};

use prost_types::Timestamp;
use serde_json::Value;
use tonic::{Code, Status, metadata::MetadataMap};

pub struct Log {
    out: Mutex<Box<dyn Write + Send>>,
}

impl Log {
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Log { out: Mutex::new(Box::new(out)) }
    }

    pub fn info(&self, message: &str, fields: &[(&str, Value)]) {
        self.line("INFO", message, fields);
    }

    pub fn warn(&self, message: &str, fields: &[(&str, Value)]) {
        self.line("WARN", message, fields);
    }

    pub fn error(&self, message: &str, fields: &[(&str, Value)]) {
        self.line("ERROR", message, fields);
    }

    fn line(&self, level: &str, message: &str, fields: &[(&str, Value)]) {
        let timestamp = Timestamp::from(SystemTime::now());
        let message = Value::from(message);
        let mut line = format!(r#"{{"timestamp":"{timestamp}","level":"{level}","message":{message},"logger":"hello-rs""#);
        for (name, value) in fields {
            let _ = write!(line, r#","{name}":{value}"#);
        }
        line.push_str("}\n");
        // Whoever reads the log may have gone; the calls go on.
        let _ = self.out.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
    }
}

/// One call of the contract, which leaves one line at its end: who asked, what, how it ended and how long it took. Never a payload.
pub struct Call<'a> {
    log: &'a Log,
    start: Instant,
    method: &'static str,
    correlation_id: Option<String>,
    capability: Option<String>,
    is_error: bool,
    code: Code,
}

impl<'a> Call<'a> {
    pub fn begin(log: &'a Log, method: &'static str, metadata: &MetadataMap) -> Self {
        let correlation_id = metadata.get("x-correlation-id").and_then(|id| id.to_str().ok()).map(short);
        Call { log, start: Instant::now(), method, correlation_id, capability: None, is_error: false, code: Code::Cancelled }
    }

    /// Of a tool, a resource or a prompt.
    pub fn of(mut self, capability: &str) -> Self {
        self.capability = Some(short(capability));
        self
    }

    /// A call that never gets here, because its client went, is logged as cancelled.
    pub fn end<T>(mut self, answer: &Result<T, Status>, is_error: bool) {
        self.code = answer.as_ref().map_or_else(Status::code, |_| Code::Ok);
        self.is_error = is_error;
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let mut fields = Vec::with_capacity(6);
        if let Some(capability) = self.capability.take() {
            fields.push(("capability", capability.into()));
        }
        if self.is_error {
            fields.push(("is_error", true.into()));
        }
        let code = match self.code {
            Code::Ok => "OK".to_owned(),
            Code::Cancelled => "Canceled".to_owned(), // as hello-go spells it
            code => format!("{code:?}"),
        };
        let milliseconds = self.start.elapsed().as_micros() as f64 / 1000.0;
        fields.extend([("method", self.method.into()), ("code", code.into()), ("duration_ms", milliseconds.into())]);
        if let Some(id) = self.correlation_id.take() {
            fields.push(("correlation_id", id.into()));
        }
        self.log.info("call ended", &fields);
    }
}

/// Makes what a caller chose fit in one line of a log and in a status message: cut, and with a space for each control character.
pub fn short(text: &str) -> String {
    const LONGEST: usize = 128; // bytes: the longest name of a capability
    let cut = text.floor_char_boundary(LONGEST);
    let dots = if cut < text.len() { "…" } else { "" };
    text[..cut].chars().map(|c| if c.is_control() { ' ' } else { c }).chain(dots.chars()).collect()
}

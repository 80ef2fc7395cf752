//! The lines of HTTP/1 messages in one direction of a connection; bodies are passed over.

/// One direction of one connection.
#[derive(Debug, Default)]
pub(super) struct Http {
    /// The present line, as far as it has come.
    line: Vec<u8>,
    state: State,
    head: Head,
    /// The next answer has no body, whatever it says.
    no_body: bool,
}

/// A line of a head.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Without the line end.
    pub(super) text: String,
    /// It is the first of a message.
    pub(super) starts: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first line of a message.
    #[default]
    Start,
    /// In the lines after it.
    Fields,
    /// In the body, this many bytes before its end.
    Body(u64),
    /// Before the size of a chunk.
    ChunkSize,
    /// In a chunk, this many bytes before its end, the line end included.
    Chunk(u64),
    /// In the lines after the last chunk.
    Trailer,
    /// What comes is not understood, or lasts until the connection ends.
    Unknown,
}

/// What the present head says.
#[derive(Debug, Default)]
struct Head {
    is_answer: bool,
    is_head: bool,
    /// Number of the answer.
    status: u16,
    length: Option<u64>,
    chunked: bool,
}

impl Http {
    /// True if the last question was one for a head alone.
    pub(super) fn last_was_head(&self) -> bool {
        self.head.is_head
    }

    /// Says that answers have no bodies now.
    pub(super) fn expect_no_body(&mut self, no_body: bool) {
        self.no_body = no_body;
    }

    /// Takes bytes; gives the lines of heads that are complete with them.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        while !bytes.is_empty() {
            match &mut self.state {
                State::Unknown => break,
                State::Body(left) | State::Chunk(left) => {
                    let count = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    *left -= count as u64;
                    bytes = bytes.get(count..).unwrap_or_default();
                    self.state = match self.state {
                        State::Body(0) => State::Start,
                        State::Chunk(0) => State::ChunkSize,
                        other => other,
                    };
                }
                State::Start | State::Fields | State::ChunkSize | State::Trailer => {
                    let end = bytes.iter().position(|&byte| byte == b'\n');
                    let (part, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
                    bytes = rest;
                    self.line.extend_from_slice(part);
                    if self.line.len() > LONGEST_LINE || (self.state == State::Start && !self.may_be_http()) {
                        (self.line, self.state) = (Vec::new(), State::Unknown);
                    } else if end.is_some() {
                        let line = std::mem::take(&mut self.line);
                        let text = String::from_utf8_lossy(&line);
                        lines.extend(self.take_line(text.trim_end_matches(['\r', '\n'])));
                    }
                }
            }
        }
        lines
    }

    fn take_line(&mut self, text: &str) -> Option<Line> {
        let line = |starts| Some(Line { text: text.to_owned(), starts });
        match self.state {
            // Empty lines before a message are allowed.
            State::Start if text.is_empty() => None,
            State::Start => {
                let is_answer = text.starts_with("HTTP/1.");
                if !is_answer && !text.contains(" HTTP/1.") {
                    self.state = State::Unknown;
                    return None;
                }
                let status = text.split(' ').nth(1).filter(|_| is_answer).and_then(|word| word.parse().ok());
                let is_head = text.starts_with("HEAD ");
                self.head = Head { is_answer, is_head, status: status.unwrap_or(0), ..Head::default() };
                self.state = State::Fields;
                line(true)
            }
            State::Fields if text.is_empty() => {
                self.state = self.body();
                None
            }
            State::Fields => {
                let (name, value) = text.split_once(':').unwrap_or((text, ""));
                if name.eq_ignore_ascii_case("content-length") {
                    self.head.length = value.trim().parse().ok();
                } else if name.eq_ignore_ascii_case("transfer-encoding") {
                    self.head.chunked = value.to_ascii_lowercase().contains("chunked");
                }
                line(false)
            }
            State::ChunkSize => {
                let size = text.split(';').next().unwrap_or_default().trim();
                self.state = match u64::from_str_radix(size, 16) {
                    Ok(0) => State::Trailer,
                    Ok(size) => State::Chunk(size.saturating_add(2)),
                    Err(_) => State::Unknown,
                };
                None
            }
            State::Trailer => {
                self.state = if text.is_empty() { State::Start } else { State::Trailer };
                None
            }
            State::Body(_) | State::Chunk(_) | State::Unknown => None,
        }
    }

    /// What follows the head.
    fn body(&self) -> State {
        let Head { is_answer, status, length, chunked, .. } = self.head;
        match length {
            _ if is_answer && (self.no_body || status / 100 == 1 || status == 204 || status == 304) => {
                State::Start
            }
            _ if chunked => State::ChunkSize,
            Some(0) => State::Start,
            Some(length) => State::Body(length),
            None if is_answer => State::Unknown,
            None => State::Start,
        }
    }

    /// False as soon as the line cannot be the first of a message.
    fn may_be_http(&self) -> bool {
        let method = self.line.iter().take_while(|&&byte| byte != b' ' && byte != b'/');
        self.line.starts_with(b"\r")
            || self.line.starts_with(b"\n")
            || method.clone().count() <= 32
                && method.into_iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'-')
    }
}

/// Longer lines are none.
const LONGEST_LINE: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&str]) -> Vec<String> {
        let mut http = Http::default();
        let lines = pieces.iter().flat_map(|piece| http.push(piece.as_bytes()));
        lines.map(|line| if line.starts { format!("> {}", line.text) } else { line.text }).collect()
    }

    #[test]
    fn heads_are_found_behind_bodies_of_every_kind() {
        let text = "PUT /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nab\nGET /b HTTP/1.1\r\n\r\n\
                    HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x\r\nHTTP\r\n0\r\nT: u\r\n\r\n\
                    HTTP/1.1 204 None\r\nContent-Length: 9\r\n\r\nHTTP/1.0 200 OK\r\n\r\nHTTP/1.1 no line";
        let expected = [
            "> PUT /a HTTP/1.1",
            "Content-Length: 3",
            "> GET /b HTTP/1.1",
            "> HTTP/1.1 200 OK",
            "Transfer-Encoding: chunked",
            "> HTTP/1.1 204 None",
            "Content-Length: 9",
            "> HTTP/1.0 200 OK",
        ];
        assert_eq!(lines(&[text]), expected);
        for cut in 0..text.len() {
            assert_eq!(lines(&[&text[..cut], &text[cut..]]), expected, "cut at {cut}");
        }
    }

    #[test]
    fn answers_to_head_have_no_body() {
        let mut http = Http::default();
        http.expect_no_body(true);
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n";
        assert_eq!(http.push(answer).len() + http.push(answer).len(), 4);
    }

    #[test]
    fn other_bytes_are_no_lines() {
        assert_eq!(lines(&["\x16\x03\x01 GET / HTTP/1.1\r\n"]), [""; 0]);
        assert_eq!(lines(&["GET\r\n", "GET / HTTP/1.1\r\n"]), [""; 0]);
    }
}

//! All sets in one folder.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use super::description::Description;
use super::made::{self, Made};
use super::sets::{Counts, Set};
use super::{captures, wire};

/// What is wanted besides the vectors and the made-up values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Messages of recorded sessions, of at most so many bytes; none at all for 0.
    pub largest: usize,
    /// So many damaged values of each description.
    pub damaged: u64,
    /// What they are made from: the same number gives the same lines.
    pub seed: u64,
}

/// A file of lines.
#[derive(Clone, Debug)]
pub struct Written {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it.
    pub counts: Counts,
}

/// Writes the sets: a folder for each description, named as its output, with the text of the description beside them.
///
/// # Errors
/// When something cannot be written, or a capture not read.
pub fn write(folder: &Path, wanted: &Wanted) -> io::Result<Vec<Written>> {
    let (spice, everything) = (Description::spice(), Description::everything());
    let mut files = Files { folder, written: Vec::new() };
    files.text(&spice)?;
    files.set(&spice, "messages", wire::messages)?;
    files.set(&spice, "around", wire::around)?;
    let values = made::values(&spice, 24, 1);
    files.made(&spice, &values)?;
    files.set(&spice, "streams", |set| made::frames(set, FRAMES, 1))?;
    if wanted.largest > 0 {
        files.set(&spice, "sessions", |set| captures::messages(set, &spice, wanted.largest))?;
        files.set(&spice, "frames", captures::frames)?;
    }
    if wanted.damaged > 0 {
        let pool = [made::reference(&spice), values].concat();
        files.set(&spice, "damaged", |set| made::damaged(set, &pool, wanted.damaged, wanted.seed))?;
    }
    files.text(&everything)?;
    let values = made::values(&everything, 60, 2);
    files.made(&everything, &values)?;
    if wanted.damaged > 0 {
        files.set(&everything, "damaged", |set| made::damaged(set, &values, wanted.damaged, wanted.seed))?;
    }
    Ok(files.written)
}

/// Made-up streams of frames.
const FRAMES: u64 = 2000;

struct Files<'f> {
    folder: &'f Path,
    written: Vec<Written>,
}

impl Files<'_> {
    fn text(&self, description: &Description) -> io::Result<()> {
        let name = &description.model.name;
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{name}.proto")), description.text)
    }

    fn made(&mut self, description: &Description, values: &[Made<'_>]) -> io::Result<()> {
        self.set(description, "made", |set| made::right(set, values))?;
        self.set(description, "cut", |set| made::cut(set, values))
    }

    fn set(
        &mut self,
        description: &Description,
        name: &str,
        fill: impl FnOnce(&mut Set<'_, BufWriter<File>>) -> io::Result<()>,
    ) -> io::Result<()> {
        let path = self.folder.join(&description.model.name).join(format!("{name}.jsonl"));
        let mut set = Set::new(description, BufWriter::new(File::create(&path)?));
        fill(&mut set)?;
        self.written.push(Written { path, counts: set.finish()? });
        Ok(())
    }
}

//! Tables as people export them: CSV in its many spellings, Parquet, gzip, and folders of such parts. Which columns are wanted is the
//! caller's business; that no row is lost is this module's. Inventories and histories are read here and nowhere else.

mod delimited;
mod guard;
mod header;
mod limit;
mod lines;
mod open;
mod parquet;
mod rows;
mod text;
mod wanted;

pub(crate) use guard::guarded;
pub(crate) use lines::CellTexts;
pub(crate) use open::damaged;
pub(crate) use rows::{BadRow, Cells, FileColumn, FileTable, is_empty};
pub(crate) use rows::{fault, shortened};
pub(crate) use wanted::{WantedColumn, WantedColumns};

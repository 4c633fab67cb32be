//! `read(write(value)) == value` for each encoding, over generated values. What an encoding cannot
//! tell apart is listed in its file, and kept out of the values here.

mod bodies;
mod parameters;
mod values;
